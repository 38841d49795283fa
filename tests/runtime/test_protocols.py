"""NumPy's functions on Tensors: ufunc methods, `out`, keywords, refusals."""

import numpy as np
import pytest

import runtime
from runtime import Tensor
from runtime.errors import DerivativeLost


def variable(array):
    return runtime.tensor(np.asarray(array, float), requires_grad=True)


@pytest.fixture
def x():
    return variable([1.0, 2.0, 3.0])


@pytest.fixture
def y():
    return variable([4.0, 5.0, 6.0])


CALLS = {
    "sin": (lambda x, y: np.sin(x), (3,)),
    "concatenate": (lambda x, y: np.concatenate([x, y]), (6,)),
    "norm": (lambda x, y: np.linalg.norm(x), ()),
    "where": (lambda x, y: np.where(x > 1.5, x, y), (3,)),
    "einsum": (lambda x, y: np.einsum("i,j->ij", x, y), (3, 3)),
    "matmul": (lambda x, y: np.ones((2, 3)) @ x, (2,)),
    "stack": (lambda x, y: np.stack([x, np.ones(3), y]), (3, 3)),
    "number before": (lambda x, y: np.float64(2.0) * x, (3,)),
    "array before": (lambda x, y: np.ones((2, 1)) - x, (2, 3)),
    "power of two": (lambda x, y: 2.0**x, (3,)),
    "add.reduce": (lambda x, y: np.add.reduce(x), ()),
    "multiply.accumulate": (lambda x, y: np.multiply.accumulate(x), (3,)),
    "multiply.outer": (lambda x, y: np.multiply.outer(x, y), (3, 3)),
    "subtract.outer": (lambda x, y: np.subtract.outer(x, y), (3, 3)),
    "builtin sum": (lambda x, y: sum(x), ()),
    "builtin max": (lambda x, y: max(x[0], y[0]), ()),
    "divmod": (lambda x, y: divmod(x, 2.0)[1], (3,)),
    "clip": (lambda x, y: np.clip(x, 1.5, y), (3,)),
    "keyword": (lambda x, y: np.sum(x, where=np.array([True, False, True])), ()),
}


@pytest.mark.parametrize("name", CALLS)
def test_numpy_functions_record_and_agree_with_numpy(name, x, y):
    call, shape = CALLS[name]
    z = call(x, y)
    assert isinstance(z, Tensor) and z.requires_grad and z.shape == shape
    assert np.array_equal(z.detach().numpy(), call(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])))


@pytest.mark.parametrize("name", CALLS)
def test_their_gradients_agree_with_differences(name, x, y):
    call, shape = CALLS[name]
    weights = np.cos(np.arange(np.prod(shape, dtype=int))).reshape(shape)
    if name not in {"where", "builtin max"}:
        np.sum(call(x, y) * weights).backward()
        start = np.array([1.0, 2.0, 3.0]) + 0.0

        def value(p):
            return np.sum(call(p, np.array([4.0, 5.0, 6.0])) * weights)

        steps = 1e-6 * np.eye(3)
        kink = {"divmod": [1], "clip": []}.get(name, [])
        for k in set(range(3)) - set(kink):
            numeric = (value(start + steps[k]) - value(start - steps[k])) / 2e-6
            assert x.grad[k].item() == pytest.approx(numeric, rel=1e-6, abs=1e-8)


def test_comparisons_and_searches_are_plain(x):
    assert type(x > 1.5) is Tensor and (x > 1.5).tolist() == [False, True, True] and not (x > 1.5).requires_grad
    assert np.argmax(x) == 2 and np.isfinite(x).all() and np.shape(x) == (3,) and np.allclose(x, x)
    assert [len(x), x.ndim] == [3, 1] and 2.0 in x


def test_what_is_flat_carries_no_gradient(x):
    for z in (np.floor(x), np.zeros_like(x), np.round(x)):
        assert not getattr(z, "requires_grad", False)


REFUSED = {
    "np.roots": lambda x: np.roots(x),
    "np.frexp": lambda x: np.frexp(x),
    "np.maximum.reduceat": lambda x: np.maximum.reduceat(x, [0, 1]),
    "np.add": lambda x: np.add(x, x, order="F"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_rule_is_refused_by_name(name, x):
    with pytest.raises(DerivativeLost, match=name):
        REFUSED[name](x)


def test_a_call_without_rule_is_fine_on_constants(x):
    assert np.gradient(x.detach()).tolist() == [1.0, 1.0, 1.0]
    with runtime.no_grad():
        assert isinstance(np.frexp(x)[0], Tensor)


@pytest.mark.parametrize(
    "lose",
    [
        lambda x: np.array(x),
        lambda x: np.array([x, x]),
        lambda x: np.array([x[0], 1.0]),
        lambda x: np.asarray([x[0]]),
        lambda x: np.full(3, x[0]),
        lambda x: np.float32(x[0]),
        lambda x: np.random.default_rng(0).normal(loc=x),
        lambda x: np.add(np.ones(3), x, out=np.zeros(3)),
    ],
)
def test_becoming_plain_is_refused(lose, x):
    with pytest.raises(DerivativeLost):
        lose(x)


def test_out_may_be_a_tensor(x, y):
    z = runtime.zeros(3, dtype=float)
    assert np.add(x, y, out=z) is z
    np.sum(z * z).backward()
    assert x.grad.tolist() == [10.0, 14.0, 18.0]
    w = runtime.zeros((), dtype=float)
    np.sum(x, out=w)
    assert w.requires_grad and w.item() == 6.0


def test_copyto_and_fill_diagonal(x):
    z = runtime.zeros(3, 3, dtype=float)
    np.fill_diagonal(z, x)
    np.copyto(z[0], x, where=np.array([False, True, True]))
    np.sum(z * np.arange(9.0).reshape(3, 3)).backward()
    assert x.grad.tolist() == [0.0, 5.0, 10.0]
