"""Views of memory, read and written through."""

from behaviours.kept import behaviour, leaf


@behaviour
def view_inplace(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 2
    v = y[1:3]
    v.mul_(10)
    (y * m.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    return (x.grad, y._version, v._version, v._base is y, v._is_view())


@behaviour
def index_repeated(m):
    x = leaf(m, 2.0, 3.0)
    i = m.tensor([0, 0, 1])
    (x[i] * m.tensor([1.0, 2.0, 4.0])).sum().backward()
    return x.grad


@behaviour
def view_base(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x.view(2, 2)
    z = y.t()
    return (y._base is x, z._base is x, z._is_view(), x._is_view())


@behaviour
def fill__view(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = (x * 1).view(2, 2)
    z = y[0]
    z.fill_(7)
    (y * y).sum().backward()
    return (x.grad, y)


@behaviour
def copy__into_view(m):
    x = leaf(m, 1.0, 2.0)
    b = m.zeros(2, 2)
    b[0].copy_(x)
    b[1] += x * 3
    (b * b).sum().backward()
    return x.grad


@behaviour
def split(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    a, b = y.split(2)
    (a * b).sum().backward()
    return x.grad


@behaviour
def nested_views(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = (x * 1).view(2, 2).t()
    y[0].mul_(3)
    y.t()[1].add_(x[:2])
    (y * y).sum().backward()
    return (x.grad, y)


@behaviour
def view_of_view(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    v = y[::2]
    w = v[1:]
    w.mul_(5)
    y.add_(1)
    (v * v).sum().backward()
    return (x.grad, v, w, y._version)


@behaviour
def expand(m):
    x = leaf(m, 1.0, 2.0)
    y = x.expand(3, 2)
    (y * m.arange(6.0).view(3, 2)).sum().backward()
    return x.grad


@behaviour
def expand_then_write(m):
    x = leaf(m, 1.0, 2.0)
    y = x.expand(3, 2) * 1
    y[0, 0] = 9
    y.sum().backward()
    return x.grad


@behaviour
def squeeze_view_write(m):
    x = leaf(m, 1.0, 2.0)
    y = x.clone().unsqueeze(0)
    y.squeeze(0).mul_(4)
    y.sum().backward()
    return (x.grad, y)


@behaviour
def iterate(m):
    x = leaf(m, 1.0, 2.0)
    it = list(x)
    (it[0] * it[1]).backward()
    return (x.grad, len(it))


@behaviour
def unpack(m):
    x = leaf(m, 1.0, 2.0)
    a, b = x
    (a * b * b).backward()
    return x.grad
