"""`autograd.Function`: operations of the user's own."""

from behaviours.kept import behaviour, leaf, product_function


@behaviour
def function(m):
    a, b = (leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0))
    y = product_function(m).apply(a, b)
    n = y.grad_fn.name()
    y.sum().backward()
    return (a.grad, b.grad, n)


@behaviour
def function_twice(m):
    a, b = (leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0))
    y = (product_function(m).apply(a, b) ** 2).sum()
    g = m.autograd.grad(y, a, create_graph=True)[0]
    return m.autograd.grad(g.sum(), [a, b])


@behaviour
def function_saves_result_third_order(m):

    class Exp(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            r = x.exp()
            ctx.save_for_backward(r)
            return r

        @staticmethod
        def backward(ctx, g):
            (r,) = ctx.saved_tensors
            return g * r

    x = leaf(m, 0.5, 1.0)
    y = Exp.apply(x)
    g = m.autograd.grad(y.sum(), x, create_graph=True)[0]
    h = m.autograd.grad(g.sum(), x, create_graph=True)[0]
    return (g, h, m.autograd.grad(h.sum(), x))


@behaviour
def setup_context(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(x, k):
            return x * k

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, k = inputs
            ctx.k = k

        @staticmethod
        def backward(ctx, g):
            return (g * ctx.k, None)

    x = leaf(m, 1.0, 2.0)
    F.apply(x, 3.0).sum().backward()
    return x.grad


@behaviour
def several_outputs_no_materialize(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return (x * 1, x * 2)

        @staticmethod
        def backward(ctx, g, h):
            return (g is None, h is None) and (h * 2 if g is None else g)

    x = leaf(m, 1.0, 2.0)
    a, b = F.apply(x)
    b.sum().backward()
    return (x.grad, a.grad_fn.name(), a.output_nr, b.output_nr)


@behaviour
def materialize_zeros(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return (x * 1, x * 2)

        @staticmethod
        def backward(ctx, g, h):
            return g * 10 + h * 2

    x = leaf(m, 1.0, 2.0)
    a, b = F.apply(x)
    b.sum().backward()
    return x.grad


@behaviour
def mark_dirty(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(m, 1.0, 2.0)
    y = x * 1
    z = F.apply(y)
    (z * z).sum().backward()
    return (x.grad, z is y)


@behaviour
def mark_dirty_leaf(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(m, 1.0, 2.0)
    F.apply(x)


@behaviour
def mark_non_differentiable(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            i = x.sort()[1]
            ctx.mark_non_differentiable(i)
            return (x * 2, i)

        @staticmethod
        def backward(ctx, g, gi):
            return g * 2

    x = leaf(m, 3.0, 2.0)
    y, i = F.apply(x)
    y.sum().backward()
    return (x.grad, i, i.requires_grad)


@behaviour
def non_differentiable_float(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            c = x * 0 + 5
            ctx.mark_non_differentiable(c)
            return (x * 2, c)

        @staticmethod
        def backward(ctx, g, gc):
            return g * 2 + gc

    x = leaf(m, 3.0, 2.0)
    y, c_ = F.apply(x)
    y.sum().backward()
    return (x.grad, c_.requires_grad)


@behaviour
def once_differentiable_twice(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @m.autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * g * x

    x = leaf(m, 3.0, 2.0)
    y = F.apply(x)
    g = m.autograd.grad(y.sum(), x, create_graph=True)[0]
    return (g, g.sum().backward())


@behaviour
def once_differentiable(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @m.autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * g * x

    x = leaf(m, 3.0, 2.0)
    F.apply(x).sum().backward()
    return x.grad


@behaviour
def needs_input_grad(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.n = None
            return a + b

        @staticmethod
        def backward(ctx, g):
            return (g if ctx.needs_input_grad[0] else None, g if ctx.needs_input_grad[1] else None)

    a = leaf(m, 1.0)
    b = m.tensor([2.0])
    y = F.apply(a, b)
    n = y.grad_fn.needs_input_grad
    y.sum().backward()
    return (a.grad, list(n))


@behaviour
def wrong_count(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a + b

        @staticmethod
        def backward(ctx, g):
            return g

    F.apply(leaf(m, 1.0), leaf(m, 1.0)).backward()


@behaviour
def wrong_shape(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a + 1

        @staticmethod
        def backward(ctx, g):
            return m.ones(3)

    F.apply(leaf(m, 1.0, 2.0)).sum().backward()


@behaviour
def function_saved_modified(m):
    a = leaf(m, 1.0, 2.0)
    b = a * 1
    y = product_function(m).apply(b, b)
    b.add_(1)
    y.sum().backward()


@behaviour
def function_second(m):
    a, b = (leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0))
    y = product_function(m).apply(a, b).sum()
    y.backward()
    y.backward()


@behaviour
def identity_function(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 7

    a = leaf(m, 1.0, 2.0)
    y = F.apply(a)
    y.sum().backward()
    return (a.grad, y is a)
