"""Which element type operations give, for operands of several types, and the type of each gradient."""

from behaviours.kept import behaviour, differs, leaf

# Without float16 beside complex numbers: NumPy has no complex32.
TYPES = "bool uint8 int8 int16 int32 int64 float32 float64 complex64 complex128".split()


# PyTorch refuses bools in places; here they count as 0 and 1 there.
NUMBERS = TYPES[1:]


def tried(call):
    try:
        return str(call().dtype)
    except (RuntimeError, TypeError, ValueError):
        return "refused"


@behaviour
def sums_of_all_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: x + y) for y in made] for x in made]


@behaviour
def sums_with_no_axes(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    scalars = [m.ones((), dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: x * y) for y in scalars] for x in made]


@behaviour
def sums_with_numbers(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: x + y) for y in (True, 2, 2.5, 2j)] for x in made]


@behaviour
def quotients_of_all_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: x / y) for y in made] for x in made]


@behaviour
def powers_of_all_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in NUMBERS]
    return [[tried(lambda x=x, y=y: x**y) for y in made] for x in made]


@behaviour
def powers_with_numbers(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: x**y) for y in (2, 0.5, -1)] for x in made], [
        [tried(lambda x=x, y=y: y**x) for y in (2, 0.5)] for x in made
    ]


@behaviour
def whole_quotients_of_all_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES[1:8]]
    return [[tried(lambda x=x, y=y: x // y) for y in made] for x in made], [
        [tried(lambda x=x, y=y: x % y) for y in made] for x in made
    ]


@behaviour
def functions_of_each_type(m):
    names = "sin exp abs neg sqrt sign floor sigmoid isnan square reciprocal sgn angle positive rsqrt erf".split()
    made = [m.ones(2, dtype=getattr(m, t)) for t in NUMBERS]
    return [[tried(lambda x=x, f=f: getattr(m, f)(x)) for x in made] for f in names]


@behaviour
def reductions_of_each_type(m):
    names = "sum prod mean std var amax argmax cumsum cumprod any all median logsumexp nansum count_nonzero".split()
    made = [m.ones(2, dtype=getattr(m, t)) for t in NUMBERS]
    along = {"amax", "cumsum", "cumprod", "logsumexp"}
    return [[tried(lambda x=x, f=f: getattr(m, f)(x, *([0] if f in along else []))) for x in made] for f in names]


@behaviour
def comparisons_of_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: x < y) for y in made] for x in made], [tried(lambda x=x: x == 1) for x in made]


@behaviour
def bits_of_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: x & y) for y in made] for x in made], [tried(lambda x=x: ~x) for x in made]


@behaviour
def joining_of_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    return [[tried(lambda x=x, y=y: m.cat([x, y])) for y in made] for x in made]


@behaviour
def choosing_of_pairs(m):
    made = [m.ones(2, dtype=getattr(m, t)) for t in TYPES]
    mask = m.tensor([True, False])
    return [[tried(lambda x=x, y=y: m.where(mask, x, y)) for y in made] for x in made], [
        tried(lambda x=x: m.where(mask, x, 2.5)) for x in made
    ]


@behaviour
def products_of_matrices_of_pairs(m):
    made = [m.ones(2, 2, dtype=getattr(m, t)) for t in NUMBERS]
    return [[tried(lambda x=x, y=y: x @ y) for y in made] for x in made]


@behaviour
def changes_in_place_of_pairs(m):
    return [
        [tried(lambda t=t, u=u: m.ones(2, dtype=getattr(m, t)).add_(m.ones(2, dtype=getattr(m, u)))) for u in TYPES]
        for t in TYPES
    ]


@behaviour
def assignments_of_pairs(m):
    def assign(t, u):
        x = m.ones(2, dtype=getattr(m, t))
        x[0] = m.ones((), dtype=getattr(m, u))
        return x

    return [[tried(lambda t=t, u=u: assign(t, u)) for u in TYPES[:8]] for t in TYPES[:8]]


@behaviour
def types_of_new_tensors(m):
    return [
        str(x.dtype)
        for x in (
            m.tensor([1, 2.0]),
            m.tensor([1, True]),
            m.tensor([True]),
            m.tensor([1j]),
            m.tensor([1, 2]),
            m.arange(3),
            m.arange(3.0),
            m.arange(0, 1, 0.5),
            m.full((2,), 1),
            m.full((2,), 1.0),
            m.full((2,), True),
            m.linspace(0, 1, 2),
            m.ones(2),
            m.eye(2),
            m.ones_like(m.tensor([1])),
            m.tensor([1]).float(),
            m.tensor([1]) * 1.0,
            m.randint(3, (2,)),
            m.scalar_tensor(3),
            m.logspace(0, 1, 2),
        )
    ]


@behaviour
def gradients_have_the_types_of_their_tensors(m):
    x, w = leaf(m, 1.0, 2.0), m.tensor(3.0, dtype=m.float64, requires_grad=True)
    h = m.ones(2, dtype=m.float16, requires_grad=True)
    z = m.tensor([1 + 1j, 2.0], requires_grad=True)
    y = (x * w * h * z).sum().real
    y.backward()
    return [str(t.grad.dtype) for t in (x, w, h, z)], x.grad, w.grad, z.grad


@behaviour
def integers_times_tracked(m):
    x = leaf(m, 1.0, 2.0)
    (x * m.tensor([2, 3]) + m.tensor([True, False])).sum().backward()
    return x.grad


@behaviour
def default_type_changed(m):
    m.set_default_dtype(m.float64)
    try:
        return [
            str(x.dtype) for x in (m.ones(2), m.tensor([1.0]), m.tensor([1]) / 2, m.tensor([1j]), m.tensor([1]) * 1.5)
        ]
    finally:
        m.set_default_dtype(m.float32)


@behaviour
def results_of_result_type(m):
    return [
        str(m.result_type(*pair))
        for pair in (
            (m.tensor([1], dtype=m.int8), 1),
            (m.tensor([1], dtype=m.int8), 1.5),
            (m.ones(2), m.ones((), dtype=m.float64)),
            (m.ones(2), 1j),
            (1, 2.0),
        )
    ], [str(m.promote_types(m.int8, m.uint8)), m.can_cast(m.float64, m.int64), m.can_cast(m.int64, m.float32)]


@behaviour
def whole_quotients_and_remainders(m):
    x = m.tensor([7.5, -7.5, 7.0, -7.0])
    return x // 2, x % 2, x // -2, x % -2, m.fmod(x, 2), m.tensor([7, -7]) // 2, m.tensor([7, -7]) % 3, x.remainder(-2)


@behaviour
def remainder_gradients(m):
    x, w = leaf(m, 7.5, -7.5), leaf(m, 2.0, 2.0)
    (x % w).sum().backward()
    g = x.grad, w.grad
    x.grad = w.grad = None
    m.fmod(x, w).sum().backward()
    return g, x.grad, w.grad


@behaviour
def unsigned_and_overflow(m):
    x = m.tensor([200, 100], dtype=m.uint8)
    return x + x, x * 2, -x, m.tensor([127], dtype=m.int8) + 1


@behaviour
def complex_functions_gradients(m):
    answers = []
    for f in ("exp", "sin", "cos", "tan", "sqrt", "log", "reciprocal", "square", "sgn", "angle", "conj", "tanh", "abs"):
        z = m.tensor([1 + 2j, 0.5 - 0.3j], requires_grad=True)
        y = getattr(m, f)(z)
        loss = (y * (2 - 1j)).real.sum() if y.is_complex() else y.sum()
        loss.backward()
        answers.append(z.grad)
    return answers


@behaviour
def complex_products_gradients(m):
    a = m.tensor([[1 + 2j, 0.5], [1j, 2 - 1j]], requires_grad=True)
    b = m.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = a @ b.to(m.complex64)
    (y.abs() ** 2).sum().backward()
    return a.grad, b.grad


@behaviour
def complex_parts_gradients(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    (z.real * z.imag + m.view_as_real(z).prod()).sum().backward()
    return z.grad


@behaviour
def complex_from_parts(m):
    a, b = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    ((m.complex(a, b) ** 2).abs() + m.polar(a, b).imag).sum().backward()
    return a.grad, b.grad


@behaviour
def complex_at_zero(m):
    z = m.tensor([0j], requires_grad=True)
    z.abs().sum().backward()
    g = z.grad
    z.grad = None
    m.sgn(z).real.sum().backward()
    return g, z.grad


@behaviour
def complex_quotients_and_powers(m):
    z, w = m.tensor([1 + 2j], requires_grad=True), m.tensor([0.5 - 1j], requires_grad=True)
    (z / w + z**2 + w**z).real.sum().backward()
    return z.grad, w.grad


@behaviour
def real_tensor_in_a_complex_product(m):
    x = leaf(m, 1.0, 2.0)
    (x * m.tensor([1j, 2 + 1j])).abs().sum().backward()
    return x.grad, str(x.grad.dtype)


@behaviour
def complex_sums_and_means(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    (z.mean().abs() + z.sum().imag + z.prod().real + z.var() + z.norm()).backward()
    return z.grad


@behaviour
def complex_gradient_flows_to_real_by_hooks(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    z = x * (1 + 1j)
    z.register_hook(lambda g: log.append(g.tolist()))
    (z * 1j).real.sum().backward()
    return str(log), x.grad


@behaviour
def order_of_complex_numbers(m):
    return tried(lambda: m.tensor([1j]) < m.tensor([1j])), tried(lambda: m.tensor([1j]).max())


@behaviour
def loss_functions_promote(m):
    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    y = m.nn.functional.mse_loss(x, m.ones(2))
    y.backward()
    return str(y.dtype), x.grad


@differs("layers bring what they are given to one type, as operators do", ours=None)
def layers_do_not_promote(m):
    m.nn.Linear(2, 1)(m.ones(1, 2, dtype=m.float64))


@differs("layers bring what they are given to one type, as operators do", ours=None)
def convolutions_do_not_promote(m):
    m.nn.Conv1d(1, 1, 2)(m.ones(1, 1, 4, dtype=m.float64))


@behaviour
def strictness_of_some_functions(m):
    a, d, i = m.ones(2), m.ones(2, dtype=m.float64), m.ones(2, dtype=m.int64)
    return [
        tried(call)
        for call in (
            lambda: m.dot(a, d),
            lambda: m.lerp(a, d, 0.5),
            lambda: m.addcmul(a, d, d),
            lambda: m.outer(a, d),
            lambda: m.cross(m.ones(3), m.ones(3, dtype=m.float64), dim=0),
            lambda: m.clamp(a, max=d),
            lambda: m.clamp(i, max=1.5),
            lambda: m.maximum(a, d),
            lambda: m.maximum(i, a),
            lambda: m.atan2(i, i),
            lambda: m.hypot(a, d),
            lambda: m.stack([a, d]),
            lambda: m.einsum("i,i", a, d),
            lambda: m.kron(a, d),
            lambda: m.tensordot(a, d, 1),
            lambda: m.softmax(i, 0),
            lambda: m.softmax(a, 0, dtype=m.float64),
            lambda: m.sum(a, dtype=m.float64),
            lambda: m.mean(i, dtype=m.float32),
            lambda: m.bincount(a),
            lambda: a[d],
            lambda: a.gather(0, m.zeros(2, dtype=m.int32)),
            lambda: m.pow(i, -1),
            lambda: m.true_divide(i, i),
            lambda: m.scatter(a, 0, i, d),
            lambda: m.masked_fill(a, a > 0, 3),
            lambda: m.masked_fill(i, i > 0, 3.5),
        )
    ]
