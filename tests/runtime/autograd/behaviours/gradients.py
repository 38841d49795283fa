"""`grad` and `backward` with several inputs, outputs and orders; what accumulates, and what is freed."""

from behaviours.kept import behaviour, leaf


@behaviour
def freed_by_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    m.autograd.grad(y, x)
    m.autograd.grad(y, x)


@behaviour
def kept_by_create_graph(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    m.autograd.grad(y, x, create_graph=True)
    return m.autograd.grad(y, x)


@behaviour
def create_graph_without_retaining(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    m.autograd.grad(y, x, create_graph=True, retain_graph=False)
    m.autograd.grad(y, x)


@behaviour
def freed_beyond_what_was_asked_for(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    z = (y * y).sum()
    m.autograd.grad(z, y)
    return m.autograd.grad(y.sum(), x)


@behaviour
def one_input_twice(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad((x * x).sum(), [x, x])


@behaviour
def one_output_twice(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    return m.autograd.grad([y, y], x)


@behaviour
def output_that_is_constant(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad(m.ones(1).sum(), x)


@behaviour
def input_that_is_constant(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad(x.sum(), m.ones(2))


@behaviour
def one_of_two_outputs_is_constant(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad([x.sum(), m.ones(1).sum()], x)


@behaviour
def materialize_against_allow_unused(m):
    x, z = leaf(m, 1.0, 2.0), leaf(m, 1.0)
    m.autograd.grad(x.sum(), [x, z], allow_unused=False, materialize_grads=True)


@behaviour
def materialized_zeros_are_constant(m):
    x, z = leaf(m, 1.0, 2.0), leaf(m, 1.0)
    _, g = m.autograd.grad((x * x).sum(), [x, z], materialize_grads=True, create_graph=True)
    return g, g.requires_grad


@behaviour
def gradients_as_one_batch(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    return m.autograd.grad(y, x, m.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 3.0]]), is_grads_batched=True)


@behaviour
def gradients_as_one_batch_of_two_outputs(m):
    x = leaf(m, 1.0, 2.0)
    w = leaf(m, 3.0, 4.0)
    seeds = (m.tensor([[1.0, 0.0], [0.0, 1.0]]), m.tensor([1.0, 2.0]))
    return m.autograd.grad([x * w, (x * x).sum()], [x, w], seeds, is_grads_batched=True)


@behaviour
def gradients_as_one_batch_and_their_graph(m):
    x = leaf(m, 1.0, 2.0)
    (g,) = m.autograd.grad(x**3, x, m.tensor([[1.0, 0.0], [0.0, 1.0]]), is_grads_batched=True, create_graph=True)
    return g, m.autograd.grad(g.sum(), x)


@behaviour
def gradients_as_one_batch_of_another_shape(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad(x * x, x, m.ones(3, 3), is_grads_batched=True)


@behaviour
def seed_of_an_output_of_one_element(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum().reshape(1)
    y.backward()
    return x.grad


@behaviour
def complex_output_wants_a_seed(m):
    z = m.tensor(1 + 2j, requires_grad=True)
    (z * z).backward()


@behaviour
def seed_of_another_shape(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad(x * 2, x, m.tensor(1.0))


@behaviour
def seeds_as_a_tuple_with_none(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad((x * 2, x.sum()), x, (m.tensor([1.0, 5.0]), None))


@behaviour
def seed_missing_for_a_vector(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad((x * 2, x.sum()), x, (None, None))


@behaviour
def seed_that_is_a_number(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad(x.sum(), x, 2.0)


@behaviour
def seed_that_requires_grad(m):
    x, v = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    (g,) = m.autograd.grad(x * x, x, v, create_graph=True)
    return g, m.autograd.grad(g.sum(), [x, v])


@behaviour
def forward_mode_by_two_reverse_passes(m):
    x, v = leaf(m, 1.0, 2.0), m.tensor([0.5, -1.0])
    y = m.stack([x[0] * x[1], x[0].exp(), x[1] ** 3])
    u = m.zeros(3).requires_grad_()
    (g,) = m.autograd.grad(y, x, u, create_graph=True)
    return m.autograd.grad(g, u, v)


@behaviour
def grad_by_intermediate_and_leaf(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    z = y * y
    return m.autograd.grad(z.sum(), [y, z, x])


@behaviour
def mixed_partials(m):
    x, y = leaf(m, 0.5), leaf(m, 2.0)
    f = (x**3 * y**2).sum()
    fx, fy = m.autograd.grad(f, [x, y], create_graph=True)
    fxy = m.autograd.grad(fx, y, create_graph=True)[0]
    fyx = m.autograd.grad(fy, x, create_graph=True)[0]
    return fxy, fyx, m.autograd.grad(fxy, [x, y])


@behaviour
def fourth_order_of_sine(m):
    x = leaf(m, 0.3, 1.1)
    y = x.sin()
    for _ in range(4):
        (y,) = m.autograd.grad(y.sum(), x, create_graph=True)
    return y, y.requires_grad


@behaviour
def higher_order_runs_out(m):
    x = leaf(m, 0.3)
    (g,) = m.autograd.grad((x * 2).sum(), x, create_graph=True)
    return g.requires_grad


@behaviour
def gradient_penalty(m):
    w, x = leaf(m, 0.5, -0.3), leaf(m, 1.0, 2.0)
    y = (w * x).tanh().sum()
    (g,) = m.autograd.grad(y, x, create_graph=True)
    ((g.norm() - 1) ** 2).backward()
    return w.grad, x.grad


@behaviour
def accumulate_into_a_given_grad(m):
    x = leaf(m, 1.0, 2.0)
    given = m.tensor([10.0, 20.0])
    x.grad = given
    (x * x).sum().backward()
    return x.grad, x.grad is given, given


@behaviour
def accumulate_with_a_graph(m):
    x = leaf(m, 1.0, 2.0)
    (x * x).sum().backward()
    old = x.grad
    (x**3).sum().backward(create_graph=True)
    return x.grad, x.grad.requires_grad, x.grad is old, old


@behaviour
def accumulate_onto_a_grad_with_graph(m):
    x = leaf(m, 1.0, 2.0)
    (x**3).sum().backward(create_graph=True)
    (x * 2).sum().backward()
    return x.grad, x.grad.requires_grad


@behaviour
def grad_of_expanded_seed_has_own_memory(m):
    x = leaf(m, 1.0, 2.0)
    x.sum().backward()
    x.grad[0] = 5.0
    return x.grad


@behaviour
def grads_of_two_leaves_are_apart(m):
    x, y = leaf(m, 1.0, 2.0), leaf(m, 1.0, 2.0)
    (x + y).sum().backward()
    x.grad.mul_(3)
    return x.grad, y.grad


@behaviour
def grad_is_no_copy_of_the_seed(m):
    x = leaf(m, 1.0, 2.0)
    v = m.tensor([1.0, 2.0])
    (x * 1).backward(v)
    x.grad.mul_(3)
    return v, x.grad


@behaviour
def inputs_named_twice(m):
    x = leaf(m, 1.0, 2.0)
    (x * x).sum().backward(inputs=[x, x])
    return x.grad


@behaviour
def inputs_as_one_tensor(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    (x * w).sum().backward(inputs=x)
    return x.grad, w.grad is None


@behaviour
def inputs_that_are_not_reached(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    (x * 2).sum().backward(inputs=[w])
    return x.grad is None, w.grad is None


@behaviour
def inputs_leaf_and_intermediate(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 3
    (y * y).sum().backward(inputs=[x, y])
    return x.grad, y.grad


@behaviour
def backward_of_a_comparison(m):
    x = leaf(m, 1.0, 2.0)
    (x > 1).sum().backward()


@behaviour
def backward_of_argmax(m):
    x = leaf(m, 1.0, 2.0)
    return x.argmax().requires_grad, x.sort()[1].requires_grad, (x > 1).requires_grad, x.round().requires_grad


@behaviour
def slope_of_rounding(m):
    x = leaf(m, 1.2, -2.7)
    (x.round() + x.floor() * 2 + x.sign() * x).sum().backward()
    return x.grad


@behaviour
def backward_under_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    with m.no_grad():
        y.backward()
    return x.grad


@behaviour
def create_graph_under_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = (x**3).sum()
    with m.no_grad():
        (g,) = m.autograd.grad(y, x, create_graph=True)
        h = g * 2
    return g.requires_grad, h.requires_grad


@behaviour
def diamond(m):
    x = leaf(m, 2.0)
    a = x * 3
    b, c_ = a.exp(), a.sin()
    (b * c_ + a).backward()
    return x.grad


@behaviour
def deep_chain(m):
    x = leaf(m, 1.0)
    y = x
    for _ in range(5000):
        y = y * 1.0001
    y.backward()
    return x.grad


@behaviour
def empty_leaf(m):
    x = m.zeros(0, 3).requires_grad_()
    (x * 2).sum().backward()
    return list(x.grad.shape), list(x.grad.tolist())


@behaviour
def leaf_of_no_axes(m):
    x = m.tensor(3.0, requires_grad=True)
    (x**2).backward()
    return x.grad, list(x.grad.shape)


@behaviour
def broadcast_gradients(m):
    a, b = m.ones(3, 1).requires_grad_(), m.ones(4).requires_grad_()
    (a * b * m.arange(12.0).reshape(3, 4)).sum().backward()
    return a.grad, b.grad


@behaviour
def edge_in_place_of_an_input(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    edge = m.autograd.graph.get_gradient_edge(y)
    z = (y * y).sum()
    return m.autograd.grad(z, edge), edge.output_nr, edge.node is y.grad_fn


@behaviour
def edge_in_place_of_an_output(m):
    x = leaf(m, 1.0, 2.0)
    edge = m.autograd.graph.get_gradient_edge(x * x)
    return m.autograd.grad(edge, x, m.tensor([1.0, 10.0]))


@behaviour
def edge_of_one_of_several(m):
    x = leaf(m, 3.0, 1.0, 2.0)
    a, b, c_ = x.unbind()
    edge = m.autograd.graph.get_gradient_edge(c_)
    return edge.output_nr, m.autograd.grad((a * b * c_), edge)


@behaviour
def edge_of_a_constant(m):
    m.autograd.graph.get_gradient_edge(m.ones(2))


@behaviour
def grad_inputs_as_a_tuple(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    g = m.autograd.grad((x * w).sum(), (x, w))
    return type(g).__name__, g


@behaviour
def grad_inputs_of_another_kind(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.grad(x.sum(), [x, 3.0])


@behaviour
def autograd_backward_with_inputs(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    m.autograd.backward((x * w).sum(), inputs=[w])
    return x.grad is None, w.grad


@behaviour
def autograd_backward_empty_inputs(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.backward(x.sum(), inputs=[])


@behaviour
def second_order_through_the_grad_field(m):
    x = leaf(m, 1.0, 2.0)
    (x**3).sum().backward(create_graph=True)
    (x.grad * x.grad).sum().backward()
    return x.grad


@behaviour
def names_of_a_chain(m):
    x = leaf(m, 1.0, 2.0)
    node = ((x * 2 + 1).exp() / 3 - 1).sum().grad_fn
    names = []
    while node is not None:
        names.append(node.name())
        node = node.next_functions[0][0] if node.next_functions else None
    return names


@behaviour
def next_functions_of_constants(m):
    x = leaf(m, 1.0, 2.0)
    y = x * m.ones(2)
    z = m.ones(2) - x
    return [[(None if f is None else f.name(), k) for f, k in node.next_functions] for node in (y.grad_fn, z.grad_fn)]


@behaviour
def zero_grad_to_none_or_zero(m):
    x = leaf(m, 1.0, 2.0)
    o = m.optim.SGD([x], lr=0.1)
    (x * x).sum().backward()
    old = x.grad
    o.zero_grad(set_to_none=False)
    kept = x.grad is old, x.grad.tolist()
    o.zero_grad()
    return kept, x.grad is None


@behaviour
def module_zero_grad(m):
    l = m.nn.Linear(2, 1)
    l(m.ones(1, 2)).sum().backward()
    had = l.weight.grad.tolist()
    l.zero_grad(set_to_none=False)
    zero = l.weight.grad.tolist()
    l.zero_grad()
    return had, zero, l.weight.grad is None


@behaviour
def step_without_grad(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    o = m.optim.SGD([x, w], lr=0.1)
    (x * x).sum().backward()
    o.step()
    return x, w
