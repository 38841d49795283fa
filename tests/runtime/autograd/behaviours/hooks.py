"""Hooks on Tensors, nodes and leaves."""

from behaviours.kept import behaviour, leaf


@behaviour
def retain_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    y.retain_grad()
    y.sum().backward()
    return (x.grad, y.grad, y.retains_grad, x.retains_grad)


@behaviour
def leaf_hooks_order_and_replace(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_hook(lambda g: log.append(("a", g.tolist())))
    x.register_hook(lambda g: g * 2)
    x.register_hook(lambda g: log.append(("b", g.tolist())))
    (x * x).sum().backward()
    return (x.grad, str(log))


@behaviour
def hook_removal(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    h = y.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: g + 1)
    h.remove()
    y.sum().backward()
    return x.grad


@behaviour
def post_accumulate(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_post_accumulate_grad_hook(lambda p: log.append(p.grad.tolist()))
    (x * x).sum().backward()
    (x * x).sum().backward()
    return str(log)


@behaviour
def node_hook_replace(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.grad_fn.register_hook(lambda gi, go: (gi[0] * 5,) + gi[1:])
    y.sum().backward()
    return x.grad


@behaviour
def complex_hook_mixed(m):
    z = m.tensor([1 + 2j], requires_grad=True)
    x = leaf(m, 2.0)
    y = z * x
    y.register_hook(lambda g: g * 1j)
    y.real.sum().backward()
    return (z.grad, x.grad)


@behaviour
def multi_grad_hook(m):
    x = leaf(m, 1.0, 2.0)
    f = m.autograd.graph
    y = x * 2
    log = []
    f.register_multi_grad_hook([x, y], lambda gs: log.append([None if g is None else g.tolist() for g in gs]))
    y.sum().backward()
    return str(log)


@behaviour
def hook_shape(m):
    x = leaf(m, 1.0, 2.0)
    x.register_hook(lambda g: g[:1])
    (x * x).sum().backward()


@behaviour
def hook_on_constant(m):
    m.ones(2).register_hook(lambda g: g)


@behaviour
def retain_on_constant(m):
    m.ones(2).retain_grad()


@behaviour
def post_acc_on_nonleaf(m):
    (leaf(m, 1.0, 2.0) * 2).register_post_accumulate_grad_hook(lambda p: None)


@behaviour
def hook_create_graph(m):
    x = leaf(m, 1.0, 2.0)
    g = []
    x.register_hook(lambda t: g.append(t.requires_grad))
    (x**3).sum().backward(create_graph=True)
    return (str(g), x.grad.requires_grad)


@behaviour
def hook_in_double(m):
    x = leaf(m, 1.0, 2.0)
    x.register_hook(lambda t: t * t)
    y = (x**2).sum()
    (g,) = m.autograd.grad(y, x, create_graph=True)
    return (g, m.autograd.grad(g.sum(), x))


@behaviour
def retain_chain(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    z = y * 3
    z.retain_grad()
    z.sum().backward()
    (y * 1).sum()
    return (y.grad, z.grad)


@behaviour
def retain_after_hook(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    return (y.grad, x.grad)


@behaviour
def retain_then_inplace(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.sum().backward()
    return (y.grad, x.grad)


@behaviour
def hook_then_inplace(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: g * 10)
    y.mul_(3)
    y.sum().backward()
    return x.grad
