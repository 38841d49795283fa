"""`autograd.functional` and the checks by differences: structures, flags and refusals."""

from behaviours.kept import behaviour, differs, leaf, product_function


def f(x, y):
    return (x * x * y).sum()


def g(x, y):
    return x * y, x.exp()


def pair(m):
    return m.tensor([1.0, 2.0]), m.tensor([3.0, 4.0])


@behaviour
def jacobian_of_one(m):
    return m.autograd.functional.jacobian(lambda x: x**2, m.tensor([1.0, 2.0]))


@behaviour
def jacobian_of_tuples(m):
    j = m.autograd.functional.jacobian(g, pair(m))
    return j, type(j).__name__, type(j[0]).__name__, len(j), len(j[0])


@behaviour
def jacobian_of_a_tuple_of_one(m):
    j = m.autograd.functional.jacobian(lambda x: (x**2,), (m.tensor([1.0, 2.0]),))
    return j, type(j).__name__, type(j[0]).__name__


@behaviour
def jacobian_of_a_scalar_result(m):
    return m.autograd.functional.jacobian(f, pair(m))


@behaviour
def jacobian_shapes(m):
    j = m.autograd.functional.jacobian(lambda x: x.sum(0, keepdim=True) * m.ones(4, 1), m.ones(2, 3))
    return list(j.shape), j.sum()


@behaviour
def jacobian_vectorized(m):
    return m.autograd.functional.jacobian(g, pair(m), vectorize=True)


@behaviour
def jacobian_forward_mode(m):
    return m.autograd.functional.jacobian(g, pair(m), vectorize=True, strategy="forward-mode")


@differs(
    "forward mode needs no vectorizing here",
    ours=[
        [[[3.0, 0.0], [0.0, 4.0]], [[1.0, 0.0], [0.0, 2.0]]],
        [[[2.7182817, 0.0], [0.0, 7.3890562]], [[0.0, 0.0], [0.0, 0.0]]],
    ],
)
def jacobian_forward_mode_not_vectorized(m):
    return m.autograd.functional.jacobian(g, pair(m), strategy="forward-mode")


@behaviour
def jacobian_strict_and_vectorized(m):
    m.autograd.functional.jacobian(g, pair(m), vectorize=True, strict=True)


@behaviour
def jacobian_with_a_graph(m):
    x = leaf(m, 1.0, 2.0)
    j = m.autograd.functional.jacobian(lambda t: t**3, x, create_graph=True)
    return j.requires_grad, m.autograd.grad(j.sum(), x)


@behaviour
def jacobian_is_detached(m):
    x = leaf(m, 1.0, 2.0)
    j = m.autograd.functional.jacobian(lambda t: t**3, x)
    return j.requires_grad, x.grad is None


@behaviour
def jacobian_of_what_does_not_depend(m):
    return m.autograd.functional.jacobian(lambda x, y: x * 2, pair(m))


@behaviour
def jacobian_strict_of_what_does_not_depend(m):
    m.autograd.functional.jacobian(lambda x, y: x * 2, pair(m), strict=True)


@behaviour
def jacobian_of_no_tensor(m):
    m.autograd.functional.jacobian(lambda x: 3.0, m.ones(2))


@behaviour
def jacobian_by_no_tensor(m):
    m.autograd.functional.jacobian(lambda x: x, 3.0)


@differs("a list of Tensors counts as a tuple", ours=None)
def jacobian_of_a_list(m):
    m.autograd.functional.jacobian(lambda x: x, [m.ones(2)])


@behaviour
def jacobian_with_closure(m):
    w = leaf(m, 3.0, 4.0)
    j = m.autograd.functional.jacobian(lambda x: x * w, m.ones(2), create_graph=True)
    return j, m.autograd.grad(j.sum(), w)


@behaviour
def hessian_of_one(m):
    return m.autograd.functional.hessian(lambda x: (x**3).sum() + x[0] * x[1], m.tensor([1.0, 2.0]))


@behaviour
def hessian_of_two(m):
    h = m.autograd.functional.hessian(f, pair(m))
    return h, type(h).__name__, type(h[0]).__name__


@behaviour
def hessian_vectorized(m):
    return m.autograd.functional.hessian(f, pair(m), vectorize=True)


@behaviour
def hessian_by_forward_mode_outside(m):
    return m.autograd.functional.hessian(f, pair(m), vectorize=True, outer_jacobian_strategy="forward-mode")


@behaviour
def hessian_of_a_vector(m):
    m.autograd.functional.hessian(lambda x: x**2, m.ones(2))


@behaviour
def hessian_of_a_linear_function(m):
    return m.autograd.functional.hessian(lambda x: x.sum(), m.ones(2))


@behaviour
def hessian_strict_of_a_linear_function(m):
    m.autograd.functional.hessian(lambda x: x.sum(), m.ones(2), strict=True)


@behaviour
def hessian_with_a_graph(m):
    x = leaf(m, 1.0, 2.0)
    h = m.autograd.functional.hessian(lambda t: (t**3).sum(), x, create_graph=True)
    return h.requires_grad, m.autograd.grad(h.sum(), x)


@behaviour
def vjp_with_a_seed(m):
    return m.autograd.functional.vjp(lambda x: x**2, m.tensor([1.0, 2.0]), m.tensor([1.0, 10.0]))


@behaviour
def vjp_without_a_seed(m):
    return m.autograd.functional.vjp(f, pair(m))


@behaviour
def vjp_without_a_seed_of_a_vector(m):
    m.autograd.functional.vjp(lambda x: x**2, m.tensor([1.0, 2.0]))


@behaviour
def vjp_of_tuples(m):
    return m.autograd.functional.vjp(g, pair(m), (m.tensor([1.0, 2.0]), m.tensor([0.0, 1.0])))


@behaviour
def vjp_with_a_seed_of_another_shape(m):
    m.autograd.functional.vjp(lambda x: x**2, m.tensor([1.0, 2.0]), m.ones(3))


@behaviour
def vjp_with_a_graph(m):
    x = leaf(m, 1.0, 2.0)
    value, v = m.autograd.functional.vjp(lambda t: t**3, x, m.ones(2), create_graph=True)
    return value.requires_grad, v.requires_grad, m.autograd.grad(v.sum(), x)


@behaviour
def jvp_of_one(m):
    return m.autograd.functional.jvp(lambda x: x**2, m.tensor([1.0, 2.0]), m.tensor([1.0, 10.0]))


@behaviour
def jvp_of_tuples(m):
    return m.autograd.functional.jvp(g, pair(m), (m.tensor([1.0, 2.0]), m.tensor([0.0, 1.0])))


@behaviour
def jvp_without_a_direction(m):
    m.autograd.functional.jvp(lambda x: x**2, m.tensor([1.0, 2.0]))


@behaviour
def jvp_of_one_number_without_a_direction(m):
    return m.autograd.functional.jvp(lambda x: x**2, m.tensor(2.0))


@behaviour
def vhp_and_hvp(m):
    x, v = m.tensor([1.0, 2.0]), m.tensor([1.0, 10.0])
    h = lambda t: (t**3).sum() * t[0]
    return m.autograd.functional.vhp(h, x, v), m.autograd.functional.hvp(h, x, v)


@behaviour
def vhp_of_tuples(m):
    return m.autograd.functional.vhp(f, pair(m), (m.ones(2), m.tensor([0.0, 1.0])))


@behaviour
def hvp_strict_of_a_linear_function(m):
    m.autograd.functional.hvp(lambda x: x.sum(), m.ones(2), m.ones(2), strict=True)


@behaviour
def functional_under_no_grad(m):
    with m.no_grad():
        return m.autograd.functional.jacobian(lambda x: x**2, m.tensor([1.0, 2.0]))


@behaviour
def functional_leaves_the_inputs(m):
    x = m.tensor([1.0, 2.0])
    m.autograd.functional.jacobian(lambda t: t**2, x)
    return x.requires_grad, x.grad is None


@behaviour
def functional_of_a_function_that_writes(m):
    def h(x):
        y = x * 1
        y[0] = y[1] ** 2
        return y

    return m.autograd.functional.jacobian(h, m.tensor([1.0, 2.0]))


def check(m, function, *inputs, **options):
    return m.autograd.gradcheck(function, inputs, **options)


def wrong_rule(m):
    class Bad(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0].cos() * 1.01

    return Bad.apply


@behaviour
def gradcheck_answers_false(m):
    return check(m, wrong_rule(m), leaf(m, 0.3, 0.4, dtype="float64"), raise_exception=False)


@behaviour
def gradcheck_finds_a_small_error(m):
    check(m, wrong_rule(m), leaf(m, 0.3, 0.4, dtype="float64"))


@behaviour
def gradcheck_within_a_wide_tolerance(m):
    return check(m, wrong_rule(m), leaf(m, 0.3, 0.4, dtype="float64"), atol=0.1, rtol=0.1)


@behaviour
def gradcheck_without_tracked_inputs(m):
    check(m, lambda x: x.sin(), m.ones(2, dtype=m.float64))


@behaviour
def gradcheck_of_several_results(m):
    return check(m, lambda x, y: (x * y, x.sin()), leaf(m, 0.3, dtype="float64"), leaf(m, 0.4, dtype="float64"))


@behaviour
def gradcheck_beside_integers(m):
    return check(m, lambda x, k: x * k, leaf(m, 0.3, dtype="float64"), m.tensor([2]))


@behaviour
def gradcheck_fast(m):
    return check(m, lambda x: x.sin() * x, leaf(m, 0.3, 0.7, dtype="float64"), fast_mode=True)


@behaviour
def gradcheck_fast_finds_an_error(m):
    return check(m, wrong_rule(m), leaf(m, 0.3, 0.7, dtype="float64"), fast_mode=True, raise_exception=False)


@behaviour
def gradcheck_of_what_does_not_depend(m):
    return check(m, lambda x: m.ones(2, dtype=m.float64), leaf(m, 0.3, 0.7, dtype="float64"), raise_exception=False)


@behaviour
def gradcheck_of_a_view_and_a_write(m):
    def h(x):
        y = x * 1
        y[:1].mul_(x[1:])
        return y.exp()

    return check(m, h, leaf(m, 0.3, 0.7, dtype="float64"))


@behaviour
def gradgradcheck_finds_a_wrong_second_rule(m):
    class Bad(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0].detach().cos()

    x = leaf(m, 0.3, 0.7, dtype="float64")
    return m.autograd.gradcheck(Bad.apply, (x,)), m.autograd.gradgradcheck(Bad.apply, (x,), raise_exception=False)


@behaviour
def gradgradcheck_with_seeds(m):
    x, v = leaf(m, 0.3, 0.7, dtype="float64"), leaf(m, 0.5, -0.2, dtype="float64")
    return m.autograd.gradgradcheck(lambda t: t**3, (x,), (v,))


@behaviour
def gradgradcheck_of_a_function(m):
    x, w = leaf(m, 0.3, 0.7, dtype="float64"), leaf(m, 0.5, -0.2, dtype="float64")
    return m.autograd.gradgradcheck(product_function(m).apply, (x, w))


@behaviour
def gradcheck_of_single_precision(m):
    return check(m, lambda x: x * 2, leaf(m, 0.3, 0.4))
