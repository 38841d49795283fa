"""Rows of in-place forms, each on a copy through which the gradient flows, and of the forms as methods."""

_UNARY = """
    abs absolute atan arctan ceil cos cosh deg2rad erf erfc exp exp2 expm1 fix floor frac neg negative rad2deg relu
    round sgn sigmoid sign sin sinc sinh square tanh trunc i0
"""
_POSITIVE = "digamma lgamma log log10 log1p log2 reciprocal rsqrt sqrt"
_UNIT = "acos arccos asin arcsin erfinv tan"
_BINARY = """
    add sub subtract mul multiply atan2 arctan2 hypot copysign eq ne lt le gt ge greater greater_equal less less_equal
    not_equal
"""
_QUOTIENT = "div divide true_divide floor_divide fmod remainder pow xlogy"


def _method(name):
    return lambda t, a, *rest: getattr(a * 1, f"{name}_")(*rest)


ROWS = {}
for _name in _UNARY.split():
    ROWS[_name] = lambda t, x, *, name=_name: _method(name)(t, x)
for _name in _POSITIVE.split():
    ROWS[_name] = lambda t, positive, *, name=_name: _method(name)(t, positive)
for _name in _UNIT.split():
    ROWS[_name] = lambda t, unit, *, name=_name: _method(name)(t, unit)
for _name in _BINARY.split():
    ROWS[_name] = lambda t, x, row, *, name=_name: _method(name)(t, x, row)
for _name in _QUOTIENT.split():
    ROWS[_name] = lambda t, positive, positive2, *, name=_name: _method(name)(t, positive, positive2).detach()
for _name in ("div", "true_divide", "fmod", "pow", "xlogy"):
    ROWS[f"{_name} with gradient"] = lambda t, positive, positive2, *, name=_name: _method(name)(t, positive, positive2)

ROWS |= {
    "add alpha": lambda t, x, y: (x * 1).add_(y, alpha=3),
    "add itself": lambda t, x: (lambda a: a.add_(a))(x * 1),
    "addcmul": lambda t, x, y, row: (x * 1).addcmul_(y, row, value=0.3),
    "addcdiv": lambda t, x, y, positive: (x * 1).addcdiv_(y, positive),
    "lerp": lambda t, x, y: (x * 1).lerp_(y, 0.25),
    "clamp": lambda t, x: (x * 1).clamp_(-0.5, 0.5),
    "clamp_min": lambda t, x: (x * 1).clamp_min_(0.0),
    "clamp_max": lambda t, x: (x * 1).clamp_max_(0.0),
    "logit": lambda t, share: (share * 1).logit_(),
    "nan_to_num": lambda t, holes: (holes * 1).nan_to_num_(),
    "float_power": lambda t, positive: (positive * 1).double().float_power_(1.5),
    "selu": lambda t, x: t.selu_(x * 1),
    "celu": lambda t, x: t.celu_(x * 1),
    "polygamma": lambda t, positive: (positive * 1).polygamma_(1),
    "mvlgamma": lambda t, positive: (positive + 2).mvlgamma_(2),
    "ldexp": lambda t, x: (x * 1).ldexp_(t.tensor([1, 2, 0])),
    "heaviside": lambda t, zero_in, row: (zero_in.detach() * 1).heaviside_(row.detach()),
    "cumsum": lambda t, x: (x * 1).cumsum_(1),
    "cumprod": lambda t, x: (x * 1).cumprod_(0),
    "tril": lambda t, square: (square * 1).tril_(),
    "triu": lambda t, square: (square * 1).triu_(1),
    "addmm": lambda t, rhs, m, n: (rhs * 1).addmm_(m, n, beta=0.5),
    "addmv": lambda t, row, m, v: (row * 1).addmv_(m, v),
    "addr": lambda t, m, row, v: (m * 1).addr_(row, v),
    "baddbmm": lambda t, squares, batch, batch2: (squares * 1).baddbmm_(batch, batch2),
    "addbmm": lambda t, square, batch, batch2: (square * 1).addbmm_(batch, batch2),
    "fill": lambda t, x, scalar: (x * 1).fill_(scalar),
    "fill number": lambda t, x: (x * 1).fill_(2),
    "zero": lambda t, x: (x * 1).zero_(),
    "copy": lambda t, x, row: (x * 1).copy_(row),
    "copy of ints": lambda t, x, ints: (x * 1).copy_(ints),
    "fill_diagonal": lambda t, square: (square * 1).fill_diagonal_(0.5),
    "index_add": lambda t, m, places, square: (m * 1).index_add_(1, places, square, alpha=0.5),
    "index_copy": lambda t, m, square: (m * 1).index_copy_(1, t.tensor([3, 0, 1]), square),
    "index_fill": lambda t, m, places: (m * 1).index_fill_(1, places, 2.0),
    "index_put": lambda t, m, places, row: (m * 1).index_put_((places, places), row, accumulate=True),
    "masked_fill": lambda t, x, mask: (x * 1).masked_fill_(mask, -1.0),
    "masked_scatter": lambda t, x, mask, y: (x * 1).masked_scatter_(mask, y),
    "put": lambda t, x, row: (x * 1).put_(t.tensor([0, 4, 5]), row),
    "scatter": lambda t, m, short_index, x: (m * 1).scatter_(1, short_index, x[:1, :2]),
    "scatter value": lambda t, m, short_index: (m * 1).scatter_(1, short_index, 0.5),
    "scatter_add": lambda t, m, index, x: (m * 1).scatter_add_(0, index, x),
    "scatter_reduce": lambda t, m, index, x: (m * 1).scatter_reduce_(0, index, x, "amax"),
    "bitwise": lambda t, ints, ints2: ints.clone().bitwise_and_(ints2).bitwise_or_(8).bitwise_xor_(ints),
    "bitwise_not": lambda t, ints: ints.clone().bitwise_not_(),
    "shifts": lambda t, counts: counts.clone().bitwise_left_shift_(3).bitwise_right_shift_(1),
    "logical": lambda t, mask, bools: mask.clone().logical_and_(bools).logical_or_(mask).logical_not_(),
    "gcd": lambda t, ints, ints2: ints.clone().gcd_(ints2),
    "add ints": lambda t, ints: ints.clone().add_(3),
    "operators": lambda t, x, y, row: _operators(x * 1, y, row),
    "int operators": lambda t, ints, ints2: _int_operators(ints.clone(), ints2),
    "a view": lambda t, x, row: _view(x * 1, row),
    "a column": lambda t, x: _column(x * 1),
    "an index": lambda t, x, places: _index(x * 1, places),
    "in a chain": lambda t, x: (x * 1).sin_().mul_(2.0).add_(x).cos_(),
    "a result kept": lambda t, x: (lambda a: (a.exp(), a.mul_(2.0)))(x * 1),
    "relu": lambda t, x: t.relu_(x * 1),
    "threshold": lambda t, x: t.threshold_(x * 1, 0.2, 5.0),
    "function exp": lambda t, x: t.exp_(x * 1),
}


def _operators(a, y, row):
    a += y
    a *= row
    a -= 0.5
    a /= 2
    a **= 2
    return a


def _int_operators(a, b):
    a += b
    a //= 2
    a %= 5
    a &= 7
    a |= 8
    a ^= b
    a <<= 2
    return a


def _view(a, row):
    a[0].mul_(row)
    a.t()[1:].add_(1.0)
    return a


def _column(a):
    a[:, 1] = a[:, 0] * 2.0
    return a


def _index(a, places):
    a[:, places[:2]] += 1.5
    return a
