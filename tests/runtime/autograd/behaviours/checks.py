"""`gradcheck` and `gradgradcheck`."""

from behaviours.kept import behaviour, leaf


@behaviour
def gradcheck(m):
    x = leaf(m, 0.3, 0.4, dtype="float64")
    return (m.autograd.gradcheck(lambda x: m.sin(x) * x, (x,)), m.autograd.gradgradcheck(lambda x: m.sin(x) * x, (x,)))


@behaviour
def gradcheck_wrong(m):

    class Bad(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * g * x

    m.autograd.gradcheck(Bad.apply, (leaf(m, 0.3, 0.4, dtype="float64"),))


@behaviour
def complex_gradcheck(m):
    z = m.tensor([1 + 2j, 0.5j], dtype=m.complex128, requires_grad=True)
    return (
        m.autograd.gradcheck(lambda z: z * z.conj() + m.exp(z), (z,)),
        m.autograd.gradgradcheck(lambda z: m.exp(z) * z, (z,)),
    )
