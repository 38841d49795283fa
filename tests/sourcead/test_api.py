"""What a caller can do with the functions that the transforms return."""

import collections
import copy
import functools
import importlib
import inspect
import linecache
import pickle
import subprocess
import sys
import traceback
from dataclasses import dataclass

import numpy as np
import pytest

import sourcead

X = np.array([0.3, -0.7, 1.1])
Y = np.array([1.2, 0.4, -0.6])
TRANSFORMS = (sourcead.grad, sourcead.value_and_grad, sourcead.adjoint, sourcead.tangent)
Pair = collections.namedtuple("Pair", "first second")


@dataclass
class Model:
    weight: np.ndarray
    bias: float


def cost(x, y, n=2, *, scale=1.0):
    """The user's own words."""
    return scale * np.sum(x**n * y)


def product(x, y):
    return x * y


def parts(x):
    return np.sum(x * x), {"doubled": 2.0 * x}


def with_aux(x):
    return np.sum(x * x), 2.0 * x


class Scaled:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return self.k * np.sum(x * x)

    def method(self, x):
        return self.k * np.sum(x**3)


def test_signature_docstring_and_primal():
    df = sourcead.grad(cost)
    assert list(inspect.signature(df).parameters) == ["x", "y", "n", "scale"]
    assert inspect.signature(df).parameters["n"].default == 2
    assert inspect.signature(df).parameters["scale"].kind is inspect.Parameter.KEYWORD_ONLY
    assert "cost" in df.__doc__ and "x" in df.__doc__
    for transform in TRANSFORMS:
        assert transform(cost).primal is cost
        assert inspect.isfunction(transform(cost)) and "cost" in transform(cost).__name__
    assert list(inspect.signature(sourcead.adjoint(product)).parameters)[:2] == ["x", "y"]
    assert len(inspect.signature(sourcead.adjoint(product)).parameters) == 3
    assert list(inspect.signature(sourcead.tangent(product, (0, 1))).parameters) == ["x", "y", "x_dot", "y_dot"]


def test_defaults_and_keywords_of_a_call():
    df = sourcead.grad(cost)
    np.testing.assert_allclose(df(X, Y), 2 * X * Y)
    np.testing.assert_allclose(df(X, Y, 3, scale=2.0), 6 * X**2 * Y)
    np.testing.assert_allclose(df(y=Y, x=X, n=1), Y)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_source_runs_alone_in_a_fresh_namespace(transform):
    derivative = transform(product if transform is sourcead.adjoint else cost)
    space = {"__name__": "alone"}
    exec(compile(derivative.source, "alone.py", "exec"), space)
    args = (X, Y, np.ones(3)) if transform in (sourcead.adjoint, sourcead.tangent) else (X, Y)
    if transform is sourcead.tangent:
        args = (X, Y, 2, np.ones(3))
    for alone, ours in zip(space[derivative.__name__](*args), derivative(*args)):
        np.testing.assert_allclose(alone, ours)


def test_traceback_shows_emitted_lines():
    df = sourcead.grad(cost)
    try:
        df(X, np.ones(7))
    except ValueError:
        shown = traceback.format_exc()
    emitted = [line.strip() for line in df.source.splitlines() if line.strip()]
    lines = [line.strip() for line in shown.splitlines()]
    assert any("sourcead" in line and df.__name__ in line for line in lines if line.startswith("File"))
    # Behind each emitted line stands the place of the user's statement.
    assert any(line.partition("  # test_api.py:")[0] in emitted for line in lines)
    seen = [line.partition("  # test_api.py:")[0] for line in inspect.getsource(df).splitlines()]
    assert "\n".join(seen) in df.source
    assert linecache.getline(df.__code__.co_filename, df.__code__.co_firstlineno).startswith("def ")


PICKLED = """
import importlib.util, pickle, sys
import numpy as np
found = pickle.load(open(sys.argv[1], "rb"))
for derivative, args in found:
    print(repr([np.asarray(r).tolist() for r in derivative(*args)]))
"""


def test_pickles_into_another_process(tmp_path):
    (tmp_path / "importable.py").write_text("import numpy as np\n\n\ndef g(x):\n    return np.sum(np.sin(x) * x[0])\n")
    sys.path.insert(0, str(tmp_path))
    try:
        module = importlib.import_module("importable")
    finally:
        sys.path.remove(str(tmp_path))
    arguments = {sourcead.adjoint: (X, 2.0), sourcead.tangent: (X, Y)}
    pairs = [(transform(module.g, (0,)), arguments.get(transform, (X,))) for transform in TRANSFORMS]
    pairs.append((sourcead.grad(module.g, dynamic="always"), (X,)))
    (tmp_path / "kept.pickle").write_bytes(pickle.dumps(pairs))
    done = subprocess.run(
        [sys.executable, "-c", PICKLED, str(tmp_path / "kept.pickle")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{sourcead.__path__[0]}/.."},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [repr([np.asarray(r).tolist() for r in f(*args)]) for f, args in pairs]


def test_deep_copies_work():
    df = copy.deepcopy(sourcead.grad(cost))
    np.testing.assert_allclose(df(X, Y), 2 * X * Y)


def test_derivatives_of_derivatives():
    def f(x):
        s = 0.0
        for i in range(3):
            s = s * x + np.sin(x) if x > 0 else s - x
        return s

    d1 = sourcead.grad(f)
    d2 = sourcead.grad(d1)
    d3 = sourcead.grad(d2)
    step = 1e-5
    for lower, higher in ((f, d1), (d1, d2), (d2, d3)):
        assert higher(0.7) == pytest.approx((lower(0.7 + step) - lower(0.7 - step)) / (2 * step), rel=1e-7)
    assert sourcead.tangent(d1)(0.7, 1.0)[1] == pytest.approx(d2(0.7))


def test_code_from_exec_with_linecache():
    text = "import numpy as np\n\ndef f(x):\n    return np.sum(x ** 3)\n"
    linecache.cache["<made here>"] = (len(text), None, text.splitlines(True), "<made here>")
    space = {"__name__": "made"}
    exec(compile(text, "<made here>", "exec"), space)
    np.testing.assert_allclose(sourcead.grad(space["f"])(X), 3 * X**2)


def test_notebook_cell():
    text = "k = 2.0\n\ndef f(x):\n    return k * x ** 2\n"
    name = "/tmp/ipykernel_77/1234567.py"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    space = {"__name__": "__main__"}
    exec(compile(text, name, "exec"), space)
    df = sourcead.grad(space["f"])
    assert df(3.0) == 12.0
    space["k"] = 5.0
    assert df(3.0) == 30.0


def test_lambdas_of_one_line():
    first, second = (lambda x: x**2), (lambda x: x**3)
    assert sourcead.grad(first)(2.0) == 4.0
    assert sourcead.grad(second)(2.0) == 12.0
    assert [sourcead.grad(f)(2.0) for f in (lambda x: 3.0 * x, lambda x: x * x * 5.0)] == [3.0, 20.0]


def test_methods_objects_partials_and_closures():
    k = 4.0
    scaled = Scaled(3.0)
    np.testing.assert_allclose(sourcead.grad(scaled)(X), 6 * X)
    np.testing.assert_allclose(sourcead.grad(scaled.method)(X), 9 * X**2)
    np.testing.assert_allclose(sourcead.grad(functools.partial(cost, n=3))(X, Y), 3 * X**2 * Y)
    np.testing.assert_allclose(sourcead.grad(functools.partial(cost, X))(Y), X**2)
    np.testing.assert_allclose(sourcead.grad(lambda x: k * np.sum(x * x))(X), 8 * X)
    scaled.k = 5.0
    np.testing.assert_allclose(sourcead.grad(scaled)(X), 10 * X)


def test_wrt_as_tuple_position_and_name():
    both = sourcead.grad(cost, (0, 1))(X, Y)
    assert isinstance(both, tuple) and len(both) == 2
    one = sourcead.grad(cost, ("y",))(X, Y)
    assert isinstance(one, tuple) and len(one) == 1
    np.testing.assert_allclose(one[0], X**2)
    np.testing.assert_allclose(sourcead.grad(cost, "y")(X, Y), X**2)
    np.testing.assert_allclose(sourcead.grad(cost, (1, 0))(X, Y)[0], X**2)
    np.testing.assert_allclose(sourcead.grad(cost, "scale")(X, Y, scale=2.0), np.sum(X**2 * Y))
    np.testing.assert_allclose(sourcead.grad(cost, -1)(X, Y, scale=2.0), np.sum(X**2 * Y))


def test_trees_of_arguments_and_results():
    def f(p):
        return np.sum(p["w"][0] * p["w"][1]) * p["pair"].first + p["model"].bias * np.sum(p["model"].weight)

    p = {"w": [X, Y], "pair": Pair(2.0, 3.0), "model": Model(X, 0.5)}
    bar = sourcead.grad(f)(p)
    assert type(bar) is dict and list(bar) == list(p) and type(bar["w"]) is list
    assert type(bar["pair"]) is Pair and type(bar["model"]) is Model
    np.testing.assert_allclose(bar["w"][0], 2.0 * Y)
    assert bar["pair"] == Pair(np.sum(X * Y), 0.0)
    np.testing.assert_allclose(bar["model"].weight, np.full(3, 0.5))
    assert bar["model"].bias == pytest.approx(np.sum(X))
    bars = sourcead.adjoint(parts)(X, (1.0, {"doubled": Y}))
    np.testing.assert_allclose(bars, 2 * X + 2 * Y)
    (value, aux), (moved, aux_moved) = sourcead.tangent(parts)(X, Y)
    assert value == pytest.approx(np.sum(X * X)) and moved == pytest.approx(np.sum(2 * X * Y))
    np.testing.assert_allclose(aux["doubled"], 2 * X)
    np.testing.assert_allclose(aux_moved["doubled"], 2 * Y)


@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_values_beside_gradients(dynamic):
    gradient, aux = sourcead.grad(with_aux, has_aux=True, dynamic=dynamic)(X)
    np.testing.assert_allclose(gradient, 2 * X)
    np.testing.assert_allclose(aux, 2 * X)
    (value, aux), gradient = sourcead.value_and_grad(with_aux, has_aux=True, dynamic=dynamic)(X)
    assert value == np.sum(X * X)
    np.testing.assert_allclose(aux, 2 * X)
    np.testing.assert_allclose(gradient, 2 * X)
    value, gradient = sourcead.value_and_grad(cost, dynamic=dynamic)(X, Y)
    assert value == cost(X, Y)
    np.testing.assert_allclose(gradient, 2 * X * Y)


def test_jvp_and_vjp():
    value, moved = sourcead.jvp(product, (X, Y), (np.ones(3), None))
    np.testing.assert_array_equal(value, X * Y)
    np.testing.assert_allclose(moved, Y)
    value, moved = sourcead.jvp(cost, (X, Y, 3), (np.ones(3), Y, None))
    assert moved == pytest.approx(np.sum(3 * X**2 * Y + X**3 * Y))
    value, pullback = sourcead.vjp(cost, X, Y, 3)
    assert value == pytest.approx(cost(X, Y, 3))
    for factor in (1.0, 2.0, 1.0):
        x_bar, y_bar, n_bar = pullback(factor)
        np.testing.assert_allclose(x_bar, factor * 3 * X**2 * Y)
        np.testing.assert_allclose(y_bar, factor * X**3)
        assert n_bar is None


def test_pullback_keeps_the_point_that_it_was_made_at():
    x = X.copy()
    _, pullback = sourcead.vjp(product, x, Y)
    x[:] = 100.0
    for _ in range(2):
        np.testing.assert_allclose(pullback(np.ones(3))[1], X)


def overwrites(x, y):
    x *= y
    x[0] = y[1]
    y += 1.0
    return np.sum(x * y)


@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_callers_arrays_never_change(dynamic):
    x, y = X.copy(), Y.copy()
    first = sourcead.grad(overwrites, (0, 1), dynamic=dynamic)(x, y)
    second = sourcead.value_and_grad(overwrites, (0, 1), dynamic=dynamic)(x, y)[1]
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)
    np.testing.assert_array_equal(first, second)


def test_callers_arrays_and_cotangents_never_change_in_the_other_transforms():
    x, y, cotangent = X.copy(), Y.copy(), np.ones(3)
    sourcead.tangent(overwrites, (0, 1))(x, y, cotangent, cotangent)
    sourcead.jvp(overwrites, (x, y), (cotangent, cotangent))
    sourcead.vjp(overwrites, x, y)[1](1.0)

    def stores(x):
        z = x * 2.0
        z[0] = 1.0
        return z

    sourcead.adjoint(stores)(x, cotangent)
    sourcead.vjp(stores, x)[1](cotangent)
    for kept, now in ((X, x), (Y, y), (np.ones(3), cotangent)):
        np.testing.assert_array_equal(kept, now)


@pytest.mark.parametrize("dynamic", ["auto", "always"])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: np.sum(x * y),
        lambda x, y: np.sum(x + y),
        lambda x, y: np.sum(x) + np.sum(x[:2] * y[:2]),
        lambda x, y: np.sum(x.reshape(3, 1) * y) + np.sum(y),
        lambda x, y: x @ y,
        lambda x, y: y[0] * x[1],
    ],
    ids=["product", "sum", "slices", "broadcast", "dot", "items"],
)
def test_gradients_own_their_memory(f, dynamic):
    x, y = X.copy(), Y.copy()
    df = sourcead.grad(f, (0, 1), dynamic=dynamic)
    kept = [bar.copy() for bar in df(x, y)]
    given = df(x, y)
    for bar in given:
        assert bar.flags.writeable and not np.shares_memory(bar, x) and not np.shares_memory(bar, y)
        bar[...] = 1000.0
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)
    np.testing.assert_array_equal(df(x, y), kept)


@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_single_precision_stays_single(dynamic):
    def f(x, s):
        y = 2.0 * np.sin(x) + s * 0.5
        for i in range(2):
            y[i] = y[i] ** 2 + 1.0
        return np.mean(y) * 3.0

    x, s = X.astype(np.float32), np.float32(0.5)
    value, (x_bar, s_bar) = sourcead.value_and_grad(f, (0, 1), dynamic=dynamic)(x, s)
    assert value.dtype == x_bar.dtype == s_bar.dtype == np.float32
    value, moved = sourcead.tangent(f, (0, 1))(x, s, x, s)
    assert value.dtype == moved.dtype == np.float32


def test_python_numbers_give_python_numbers():
    assert type(sourcead.grad(lambda x: x * x * 2.0)(1.5)) is float
    assert np.shape(sourcead.grad(lambda x: x * np.sum(X))(1.5)) == ()


GAIN = 2.0
WEIGHTS = np.array([1.0, 2.0, 3.0])


def test_globals_are_read_live(monkeypatch):
    df = sourcead.grad(weighted)
    np.testing.assert_allclose(df(X), 2.0 * WEIGHTS)
    monkeypatch.setitem(globals(), "GAIN", 5.0)
    monkeypatch.setitem(globals(), "WEIGHTS", np.ones(3))
    np.testing.assert_allclose(df(X), np.full(3, 5.0))


def weighted(x):
    return GAIN * np.sum(WEIGHTS * x)


def test_auxiliary_dict_of_active_values():
    def f(x):
        return np.sum(x * x), {"doubled": x * 2.0}

    gradient, auxiliary = sourcead.grad(f, has_aux=True)(np.array([1.0, 2.0]))
    np.testing.assert_allclose(gradient, [2.0, 4.0])
    np.testing.assert_allclose(auxiliary["doubled"], [2.0, 4.0])


def test_results_that_are_no_numbers():
    def nothing(x):
        x = x * 2.0

    def pair(x):
        return np.sum(x), x

    for f in (nothing, pair, lambda x: "text", lambda x: None):
        with pytest.raises(sourcead.NotScalar):
            sourcead.grad(f)(np.ones(2))


def test_gradients_share_no_memory():
    gradients = sourcead.grad(lambda x, y: np.sum(x + y), (0, 1))(np.ones(3), np.ones(3))
    assert not np.shares_memory(*gradients)
    cotangent = np.ones(3)
    assert not np.shares_memory(sourcead.adjoint(lambda x: x)(np.ones(3), cotangent), cotangent)


@pytest.mark.parametrize("mode", ["auto", "always"])
def test_the_cotangents_of_a_pullback_are_arrays_of_their_own(mode):
    def f(x, parts):
        return [x + parts["a"], parts["b"][0] * 1.0]

    x = np.ones(3)
    seed = np.ones(3)
    _, pullback = sourcead.vjp(f, x, {"a": x, "b": [x]}, dynamic=mode)
    x_bar, parts_bar = pullback([seed, seed])
    x_bar[0] = 7.0
    parts_bar["a"][1] = 8.0
    np.testing.assert_array_equal(parts_bar["a"], [1.0, 8.0, 1.0])
    np.testing.assert_array_equal(parts_bar["b"][0], np.ones(3))
    np.testing.assert_array_equal(seed, np.ones(3))


def test_a_product_with_the_hessian_is_an_array_of_its_own():
    def f(x, y):
        return 0.5 * np.sum(x * x) + np.sum(x * y)

    x, v = np.ones(3), np.array([1.0, 2.0, 3.0])
    product = sourcead.hvp(f)(x, x, v)
    product += v
    np.testing.assert_array_equal(v, [1.0, 2.0, 3.0])
    both = sourcead.hvp(f, (0, 1))(x, x, (v, v))
    both[0][:] = both[1][:] = 0.0
    np.testing.assert_array_equal(v, [1.0, 2.0, 3.0])


@pytest.mark.parametrize("mode", ["auto", "always"])
def test_the_value_beside_a_pullback_may_be_written_to(mode):
    def f(x):
        y = np.exp(x)
        return {"y": y, "x": x, "z": y * x}

    x = np.array([0.5, 1.0])
    seed = {"y": np.ones(2), "x": np.ones(2), "z": np.ones(2)}
    wanted = np.exp(x) * (2.0 + x) + 1.0
    value, pullback = sourcead.vjp(f, x, dynamic=mode)
    for part in value.values():
        part[:] = 0.0
    for _ in range(2):
        np.testing.assert_allclose(pullback(seed)[0], wanted)
    assert x.tolist() == [0.5, 1.0]


def test_a_gradient_may_be_written_to():
    found = sourcead.grad(lambda x, w: np.einsum("i,i", x, w))(np.ones(3), np.array([1.0, 2.0, 3.0]))
    found *= 2.0
    np.testing.assert_array_equal(found, [2.0, 4.0, 6.0])
