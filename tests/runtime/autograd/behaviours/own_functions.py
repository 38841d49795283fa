"""`autograd.Function` again: what `forward` may take and return, what `backward` may return, what is kept."""

from behaviours.kept import behaviour, leaf, product_function


def function_of(m, forward, backward, **others):
    """A Function with these two, or more, static methods."""
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    return type("F", (m.autograd.Function,), members | {k: staticmethod(v) for k, v in others.items()})


@behaviour
def other_arguments_get_none(m):
    f = function_of(m, lambda ctx, x, k, text, parts: x * k, lambda ctx, g: (g * 3, None, None, None))
    x = leaf(m, 1.0, 2.0)
    f.apply(x, 3.0, "text", [x, x]).sum().backward()
    return x.grad


@behaviour
def more_gradients_than_inputs(m):
    f = function_of(m, lambda ctx, x: x * 3, lambda ctx, g: (g * 3, None, None))
    x = leaf(m, 1.0, 2.0)
    f.apply(x).sum().backward()
    return x.grad


@behaviour
def a_gradient_too_many(m):
    f = function_of(m, lambda ctx, x: x * 3, lambda ctx, g: (g * 3, g))
    f.apply(leaf(m, 1.0, 2.0)).sum().backward()


@behaviour
def gradient_for_a_number(m):
    f = function_of(m, lambda ctx, x, k: x * k, lambda ctx, g: (g * 3, g))
    f.apply(leaf(m, 1.0, 2.0), 3.0).sum().backward()


@behaviour
def gradient_for_a_constant_tensor(m):
    f = function_of(m, lambda ctx, x, k: x * k, lambda ctx, g: (g * 3, g))
    x = leaf(m, 1.0, 2.0)
    f.apply(x, m.tensor([3.0, 3.0])).sum().backward()
    return x.grad


@behaviour
def none_for_an_input_that_wants_one(m):
    f = function_of(m, lambda ctx, x, w: x * w, lambda ctx, g: (None, g))
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    f.apply(x, w).sum().backward()
    return x.grad is None, w.grad


@behaviour
def gradient_that_is_no_tensor(m):
    f = function_of(m, lambda ctx, x: x * 3, lambda ctx, g: 3.0)
    f.apply(leaf(m, 1.0, 2.0)).sum().backward()


@behaviour
def gradient_wider_than_the_input(m):
    f = function_of(m, lambda ctx, x: x.expand(3, 2) * 1, lambda ctx, g: g * 2)
    x = leaf(m, 1.0, 2.0)
    (f.apply(x) * m.arange(6.0).view(3, 2)).sum().backward()
    return x.grad


@behaviour
def gradient_of_another_dtype(m):
    f = function_of(m, lambda ctx, x: x * 3, lambda ctx, g: g.double() * 3)
    x = leaf(m, 1.0, 2.0)
    f.apply(x).sum().backward()
    return x.grad, str(x.grad.dtype)


@behaviour
def keywords_are_refused(m):
    f = function_of(m, lambda ctx, x, k: x * k, lambda ctx, g: (g, None))
    f.apply(leaf(m, 1.0, 2.0), k=3.0)


@behaviour
def a_tensor_and_a_number_as_results(m):
    f = function_of(m, lambda ctx, x: (x * 3, 5, "text"), lambda ctx, g, *_: g * 3)
    x = leaf(m, 1.0, 2.0)
    y, number, text = f.apply(x)
    y.sum().backward()
    return x.grad, number, text


@behaviour
def results_as_a_list(m):
    f = function_of(m, lambda ctx, x: [x * 3, x * 4], lambda ctx, g, h: g * 3 + h * 4)
    x = leaf(m, 1.0, 2.0)
    f.apply(x)


@behaviour
def integers_as_a_result(m):
    f = function_of(m, lambda ctx, x: (x * 3, x.argmax()), lambda ctx, g, _: g * 3)
    x = leaf(m, 1.0, 2.0)
    y, k = f.apply(x)
    y.sum().backward()
    return x.grad, k, k.requires_grad


@behaviour
def three_results_and_which_are_used(m):
    def backward(ctx, *gradients):
        ctx.f.log.append([g.tolist() for g in gradients])
        return sum(k * g for k, g in enumerate(gradients))

    def forward(ctx, x):
        ctx.f = f
        return x * 0, x * 1, x * 2

    f = function_of(m, forward, backward)
    f.log = []
    x = leaf(m, 1.0, 2.0)
    a, b, c_ = f.apply(x)
    (a + c_ * 3).sum().backward()
    return x.grad, str(f.log)


@behaviour
def results_by_grad_one_by_one(m):
    f = function_of(m, lambda ctx, x: (x * 3, x * 4), lambda ctx, g, h: g * 3 + h * 4)
    x = leaf(m, 1.0, 2.0)
    a, b = f.apply(x)
    return m.autograd.grad(a.sum(), x, retain_graph=True), m.autograd.grad(b.sum(), x)


@behaviour
def saves_what_is_neither_input_nor_result(m):
    def forward(ctx, x):
        t = x.exp()
        ctx.save_for_backward(t)
        return t.log() * 2

    x = leaf(m, 1.0, 2.0)
    f = function_of(m, forward, lambda ctx, g: g * ctx.saved_tensors[0])
    f.apply(x).sum().backward()
    return x.grad


@behaviour
def saves_a_number(m):
    def forward(ctx, x):
        ctx.save_for_backward(3.0)
        return x * 3

    f = function_of(m, forward, lambda ctx, g: g)
    f.apply(leaf(m, 1.0, 2.0))


@behaviour
def saves_none(m):
    def forward(ctx, x):
        ctx.save_for_backward(x, None)
        return x * x

    f = function_of(m, forward, lambda ctx, g: g * 2 * ctx.saved_tensors[0])
    x = leaf(m, 1.0, 2.0)
    y = f.apply(x)
    y.sum().backward()
    return x.grad


@behaviour
def saved_tensors_after_the_pass(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    y = product_function(m).apply(x, w)
    y.sum().backward()
    return y.grad_fn.saved_tensors


@behaviour
def saved_tensors_before_the_pass(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    y = product_function(m).apply(x, w)
    a, b = y.grad_fn.saved_tensors
    return a, b.requires_grad


@behaviour
def attributes_of_the_context(m):
    def forward(ctx, x, k):
        ctx.k, ctx.shape = k, tuple(x.shape)
        return x * k

    f = function_of(m, forward, lambda ctx, g: (g * ctx.k * len(ctx.shape), None))
    x = leaf(m, 1.0, 2.0)
    y = f.apply(x, 5.0)
    y.sum().backward()
    return x.grad, y.grad_fn.k


@behaviour
def needs_input_grad_in_forward(m):
    log = []

    def forward(ctx, x, w, k):
        log.append(tuple(ctx.needs_input_grad))
        return x * w * k

    f = function_of(m, forward, lambda ctx, g: (g, None, None))
    f.apply(leaf(m, 1.0), m.ones(1), 2)
    with m.no_grad():
        f.apply(leaf(m, 1.0), m.ones(1), 2)
    return str(log)


@behaviour
def grad_mode_in_forward_and_backward(m):
    log = []

    def forward(ctx, x):
        log.append(m.is_grad_enabled())
        return x * 2

    def backward(ctx, g):
        log.append(m.is_grad_enabled())
        return g * 2

    f = function_of(m, forward, backward)
    x = leaf(m, 1.0)
    f.apply(x).backward()
    f.apply(x).backward(create_graph=True)
    return str(log)


@behaviour
def function_under_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        y = product_function(m).apply(x, x)
    return y.requires_grad, y.grad_fn is None


@behaviour
def function_of_constants(m):
    y = product_function(m).apply(m.ones(2), m.ones(2))
    return y.requires_grad, y.grad_fn is None, y.is_leaf


@behaviour
def name_of_the_node(m):
    y = product_function(m).apply(leaf(m, 1.0), leaf(m, 2.0))
    return y.grad_fn.name(), type(y.grad_fn).__name__, len(y.grad_fn.next_functions)


@behaviour
def instance_is_not_called(m):
    product_function(m)()(leaf(m, 1.0), leaf(m, 2.0))


@behaviour
def forward_without_context_and_setup(m):
    f = function_of(m, lambda x: x * 2, lambda ctx, g: g * 2)
    f.apply(leaf(m, 1.0))


@behaviour
def setup_context_saves_input_and_result(m):
    def setup(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output)

    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * (x + y)

    f = function_of(m, lambda x: x.exp(), backward, setup_context=setup)
    x = leaf(m, 1.0, 2.0)
    y = f.apply(x)
    (g,) = m.autograd.grad(y.sum(), x, create_graph=True)
    return g, m.autograd.grad(g.sum(), x)


@behaviour
def setup_context_with_two_results(m):
    def setup(ctx, inputs, output):
        ctx.mark_non_differentiable(output[1])
        ctx.n = len(output)

    f = function_of(m, lambda x, k: (x * k, x.argmax()), lambda ctx, g, _: (g * ctx.n, None), setup_context=setup)
    x = leaf(m, 1.0, 2.0)
    y, k = f.apply(x, 3)
    y.sum().backward()
    return x.grad, k.requires_grad


@behaviour
def a_rule_for_forward_mode_does_no_harm(m):
    f = function_of(m, lambda ctx, x: x * 2, lambda ctx, g: g * 2, jvp=lambda ctx, x_t: x_t * 2)
    x = leaf(m, 1.0, 2.0)
    f.apply(x).sum().backward()
    return x.grad


@behaviour
def result_is_a_view_of_the_input(m):
    f = function_of(m, lambda ctx, x: x.view(2, 1), lambda ctx, g: g.view(2) * 3)
    x = leaf(m, 1.0, 2.0)
    (f.apply(x) * 2).sum().backward()
    return x.grad


@behaviour
def straight_through(m):
    f = function_of(m, lambda ctx, x: x.round(), lambda ctx, g: g)
    x = leaf(m, 1.2, 2.7)
    (f.apply(x) ** 2).sum().backward()
    return x.grad


@behaviour
def reversed_gradient(m):
    f = function_of(m, lambda ctx, x, k: x.view_as(x), lambda ctx, g: (g.neg() * 0.5, None))
    x = leaf(m, 1.2, 2.7)
    (f.apply(x, 0.5) ** 2).sum().backward()
    return x.grad


@behaviour
def backward_raises(m):
    def backward(ctx, g):
        raise ValueError("no")

    f = function_of(m, lambda ctx, x: x * 2, backward)
    f.apply(leaf(m, 1.0)).backward()


@behaviour
def no_backward_given(m):
    f = type("F", (m.autograd.Function,), {"forward": staticmethod(lambda ctx, x: x * 2)})
    f.apply(leaf(m, 1.0)).backward()


@behaviour
def changed_in_place_and_marked(m):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(3)
        return x

    f = function_of(m, forward, lambda ctx, g: g * 3)
    x = leaf(m, 1.0, 2.0)
    y = x * 1
    z = f.apply(y)
    z.sum().backward()
    return x.grad, y.grad_fn.name(), z is y


@behaviour
def changed_in_place_breaks_what_was_saved(m):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(3)
        return x

    f = function_of(m, forward, lambda ctx, g: g * 3)
    x = leaf(m, 1.0, 2.0)
    y = x * 1
    w = y * y
    f.apply(y)
    w.sum().backward()


@behaviour
def marked_but_not_returned(m):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(3)
        return x * 1

    f = function_of(m, forward, lambda ctx, g: g * 3)
    f.apply(leaf(m, 1.0, 2.0) * 1)


@behaviour
def input_twice(m):
    x = leaf(m, 1.0, 2.0)
    product_function(m).apply(x, x).sum().backward()
    return x.grad


@behaviour
def functions_in_a_chain(m):
    mul = product_function(m)
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    y = mul.apply(mul.apply(x, w), mul.apply(w, w))
    y.sum().backward()
    return x.grad, w.grad


@behaviour
def backward_inside_backward(m):
    def backward(ctx, g):
        with m.enable_grad():
            t = ctx.x.detach().requires_grad_()
            (t**3).sum().backward()
        return g * t.grad

    def forward(ctx, x):
        ctx.x = x
        return x**3

    f = function_of(m, forward, backward)
    x = leaf(m, 1.0, 2.0)
    f.apply(x).sum().backward()
    return x.grad


@behaviour
def undefined_gradients_without_materializing(m):
    log = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    def backward(ctx, g, h):
        log.append((g is None, h is None))
        return h * 3

    f = function_of(m, forward, backward)
    x = leaf(m, 1.0, 2.0)
    f.apply(x)[1].sum().backward()
    return x.grad, str(log)


@behaviour
def gradcheck_of_a_function(m):
    x, w = leaf(m, 0.3, 0.4, dtype="float64"), leaf(m, 1.3, -0.4, dtype="float64")
    mul = product_function(m)
    return m.autograd.gradcheck(mul.apply, (x, w)), m.autograd.gradgradcheck(mul.apply, (x, w))


@behaviour
def complex_function(m):
    f = function_of(m, lambda ctx, z: z * 2j, lambda ctx, g: g * -2j)
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    (f.apply(z).abs() ** 2).sum().backward()
    return z.grad


@behaviour
def hooks_on_a_function_s_node(m):
    x = leaf(m, 1.0, 2.0)
    y = product_function(m).apply(x, m.tensor([3.0, 4.0]))
    log = []
    y.grad_fn.register_hook(lambda gi, go: log.append((len(gi), gi[0].tolist())))
    y.sum().backward()
    return str(log)


@behaviour
def once_differentiable_is_first_order(m):
    f = function_of(m, lambda ctx, x: x * 2, m.autograd.function.once_differentiable(lambda ctx, g: g * 2))
    x = leaf(m, 1.0, 2.0)
    (g,) = m.autograd.grad(f.apply(x).sum(), x, create_graph=True)
    return g
