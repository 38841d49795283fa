"""`backward` and `grad`: what they ask for, what they free, what they refuse."""

from behaviours.kept import behaviour, leaf


@behaviour
def second_backward(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    y.backward()
    y.backward()


@behaviour
def second_backward_w_out_saved(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * 3).sum()
    y.backward()
    y.backward()
    return x.grad


@behaviour
def unused(m):
    x = leaf(m, 1.0, 2.0)
    z = leaf(m, 1.0)
    return m.autograd.grad((x * x).sum(), [x, z])


@behaviour
def allow_unused(m):
    x = leaf(m, 1.0, 2.0)
    z = leaf(m, 1.0)
    g = m.autograd.grad((x * x).sum(), [x, z], allow_unused=True)
    return (g[0], g[1] is None)


@behaviour
def materialize(m):
    x = leaf(m, 1.0, 2.0)
    z = leaf(m, 1.0)
    return m.autograd.grad((x * x).sum(), [x, z], materialize_grads=True)


@behaviour
def third_order(m):
    x = leaf(m, 0.5, 2.0)
    y = (x**3).sum()
    out = []
    for _ in range(3):
        (g,) = m.autograd.grad(y, x, create_graph=True)
        out.append(g)
        y = g.sum()
    return out


@behaviour
def several_outputs(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    return m.autograd.grad([y, y * 2], x, grad_outputs=[m.tensor([1.0, 0.0]), m.tensor([0.0, 1.0])])


@behaviour
def autograd_backward(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.backward([(x * x).sum(), x * 3], [None, m.tensor([1.0, 1.0])])
    return x.grad


@behaviour
def backward_inputs(m):
    x = leaf(m, 1.0, 2.0)
    w = leaf(m, 3.0, 4.0)
    (x * w).sum().backward(inputs=[w])
    return (x.grad is None, w.grad)


@behaviour
def non_scalar(m):
    x = leaf(m, 1.0, 2.0)
    (x * 2).backward()


@behaviour
def shape_mismatch(m):
    x = leaf(m, 1.0, 2.0)
    (x * 2).backward(m.ones(3))


@behaviour
def no_grad_needed(m):
    m.tensor([1.0]).backward()


@behaviour
def next_functions(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    z = y.sum()
    return (
        str([type(f[0]).__name__ for f in z.grad_fn.next_functions]),
        z.grad_fn.next_functions[0][0].next_functions[0][0].variable is x,
        y.grad_fn.next_functions[0][1],
    )


@behaviour
def create_graph_linear(m):
    x = leaf(m, 1.0, 2.0)
    y = m.ones(2)
    y.requires_grad_()
    z = (x + y).sum()
    z.backward(create_graph=True)
    return x.grad.requires_grad


@behaviour
def create_graph_backward_twice(m):
    x = leaf(m, 1.0, 2.0)
    (x**2).sum().backward(create_graph=True)
    g = x.grad
    x.grad = None
    g.sum().backward()
    return x.grad


@behaviour
def grad_plain(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad(x.sum() + 0 * x.sum(), x, is_grads_batched=False)


@behaviour
def grad_of_nonleaf(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    return (m.autograd.grad(y.sum(), y), y.grad is None)


@behaviour
def grad_of_new_view(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    return m.autograd.grad(y.sum(), x[:1], allow_unused=True)[0] is None


@behaviour
def grad_sum(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad(x.sum(), x)


@behaviour
def grad_of_itself(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad(x, x, m.ones(2) * 3)


@behaviour
def scalar_gradient(m):
    x = leaf(m, 1.0, 2.0)
    x.sum().backward(m.tensor(3.0))
    return x.grad


@behaviour
def leaf_backward(m):
    x = leaf(m, 1.0, 2.0)
    x.backward(m.tensor([1.0, 5.0]))
    return x.grad


@behaviour
def gradient_of_other_dtype(m):
    x = leaf(m, 2.0)
    y = x * x
    y.backward(gradient=m.tensor([3.0], dtype=m.float64))
    return x.grad


@behaviour
def gradient_a_float(m):
    x = leaf(m, 2.0)
    (x * x).backward(gradient=3.0)


@behaviour
def grad_of_nothing(m):
    return m.autograd.grad((leaf(m, 2.0) * 2).sum(), [])


@behaviour
def backward_of_nothing(m):
    x = leaf(m, 2.0)
    y = x * 2
    y.sum().backward(inputs=[])


@behaviour
def backward_into_nonleaf(m):
    x = leaf(m, 2.0)
    y = x * 2
    z = y * 3
    z.sum().backward(inputs=[y])
    return (y.grad, x.grad is None)


@behaviour
def backward_into_constant(m):
    x = leaf(m, 2.0)
    w = m.ones(1)
    (x * w).sum().backward(inputs=[w])


@behaviour
def too_few_grad_tensors(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.backward([x * 2, x * 3], [m.ones(2)])


@behaviour
def repr_of_node(m):
    x = leaf(m, 1.0, 2.0)
    y = x.sum()
    f = y.grad_fn
    s = str(f)
    return (s.startswith("<SumBackward0 object at 0x"), f.name(), type(f).__name__)


@behaviour
def retain_thrice(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * 2).sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@behaviour
def two_heads_second_fails(m):
    x = leaf(m, 1.0, 2.0)
    a = x * 2
    b = (a * a).sum()
    d = (a * 3).sum()
    b.backward()
    d.backward()
    return x.grad


@behaviour
def two_heads_shared_add(m):
    x = leaf(m, 1.0, 2.0)
    a = x + 2
    b = (a * a).sum()
    d = (a * 3).sum()
    b.backward()
    d.backward()
    return x.grad
