"""Changes in place, and what notices them."""

from behaviours.kept import behaviour, leaf


@behaviour
def saved_result_modified(m):
    x = leaf(m, 1.0, 2.0)
    y = x.exp()
    y.add_(1)
    y.sum().backward()


@behaviour
def saved_modified(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    z = y * y
    y += 1
    z.sum().backward()


@behaviour
def in_place_harmless(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    z = y + 1
    y *= 5
    (z.sum() + y.sum()).backward()
    return x.grad


@behaviour
def leaf_inplace(m):
    x = leaf(m, 1.0, 2.0)
    x += 1


@behaviour
def leaf_setitem(m):
    x = leaf(m, 1.0, 2.0)
    x[0] = 1


@behaviour
def leaf_view_inplace(m):
    x = leaf(m, 1.0, 2.0)
    x[:1].add_(1)


@behaviour
def setitem(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = m.zeros(3)
    y[0] = x[0] * 2
    y[1:] = x[1:] ** 2
    y[m.tensor([2, 0])] = x[:2] * 5
    (y * y).sum().backward()
    return (x.grad, y)


@behaviour
def detach_write_noticed(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    x.detach().add_(1)
    y.sum().backward()


@behaviour
def no_grad_update(m):
    p = leaf(m, 1.0, 2.0)
    (p * p).sum().backward()
    with m.no_grad():
        p -= 0.1 * p.grad
        p.add_(p.grad, alpha=-0.1)
        p.sub_(0.5)
    return (p, p.requires_grad, p.is_leaf)


@behaviour
def int_float(m):
    x = m.tensor([1, 2])
    x += 1.5


@behaviour
def inplace_ops(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y /= x
    y **= 3
    y -= x
    y.sin_()
    y.sum().backward()
    return (x.grad, y)


@behaviour
def zero(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.zero_()
    y.add_(x)
    y.sum().backward()
    return x.grad


@behaviour
def setitem_rows(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(3, 2)
    y[1] = x
    y[2] = y[1] * 2
    y[0] = y[1] + y[2]
    y.sum().backward()
    return x.grad


@behaviour
def mask_assign(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x.clone()
    y[y > 1.5] = 0
    y.sum().backward()
    return x.grad


@behaviour
def mask_imul(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x.clone()
    y[m.tensor([True, False, True])] *= 2
    y.sum().backward()
    return x.grad


@behaviour
def ellipsis_assign(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x.clone()
    y[...] = x * x
    y[None, 0] = 5.0
    y.sum().backward()
    return (x.grad, y)


@behaviour
def write_leaf_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        x.mul_(2)
        x[0] = 7
    (x * x).sum().backward()
    return (x.grad, x._version, x.is_leaf)


@behaviour
def write_view_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        v = x[:1]
        v.mul_(10)
    (x * x).sum().backward()
    return x.grad


@behaviour
def no_grad_write_noticed(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    with m.no_grad():
        x.add_(1)
    y.sum().backward()


@behaviour
def no_grad_write_harmless(m):
    x = leaf(m, 1.0, 2.0)
    y = x + x
    with m.no_grad():
        x.add_(1)
    y.sum().backward()
    return x.grad


@behaviour
def untracked_inplace_by_tracked(m):
    w = leaf(m, 3.0, 4.0)
    y = m.ones(2) * 2
    y.mul_(w)
    y.sum().backward()
    return w.grad


@behaviour
def copy__own_product(m):
    w = leaf(m, 3.0, 4.0)
    y = m.ones(2) * 2
    v = y * w
    y.copy_(v)
    (y * y).sum().backward()
    return w.grad


@behaviour
def copy__after_change(m):
    w = leaf(m, 3.0, 4.0)
    y = m.ones(2) * 2
    v = y * w
    y.add_(1)
    y.copy_(v)
    (y * y).sum().backward()
    return w.grad


@behaviour
def chain_of_inplace_methods(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.sin_()
    y.mul_(x)
    y.div_(y + 1)
    y.pow_(2)
    y.exp_()
    y.sum().backward()
    return x.grad


@behaviour
def addcmul__etc(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    z = y.clone()
    y.addcmul_(z, z, value=0.5)
    y.lerp_(z, 0.3)
    y.masked_fill_(y > 4, 0.0)
    y.index_add_(0, m.tensor([0]), x[:1])
    y.sum().backward()
    return x.grad


@behaviour
def index_copy__scatter_add(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(3)
    y.index_copy_(0, m.tensor([0, 2]), x * x)
    y.scatter_add_(0, m.tensor([1, 1]), x)
    y.sum().backward()
    return (x.grad, y)
