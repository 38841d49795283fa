"""Every refusal names the place, the fact and the cure."""

import importlib
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

import sourcead
from sourcead import (
    CotangentMismatch,
    DerivativeLost,
    EndlessRecursion,
    NoRule,
    NoSource,
    NotDifferentiable,
    NotScalar,
    SharedArray,
    SourceADError,
    UnknownArgument,
)

X = np.array([0.3, -0.7, 1.1])


def written(tmp_path, monkeypatch, text, name="subject_of_errors"):
    """The module of a text, from a file of its own."""
    (tmp_path / f"{name}.py").write_text("import numpy as np\n\n\n" + text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(importlib.sys.modules, name, raising=False)
    importlib.invalidate_caches()
    return importlib.import_module(name)


def square(x, n=2, *, scale=1.0):
    return scale * np.sum(x**n)


CONSTRUCTS = {
    "async": ("async def f(x):\n    return np.sum(x)\n", "async def f"),
    "generator": ("def f(x):\n    yield np.sum(x)\n", "def f"),
    "attribute": (
        "class Box:\n    pass\n\n\nbox = Box()\n\n\ndef f(x):\n    box.value = x * x\n    return np.sum(box.value)\n",
        "box.value = x * x",
    ),
    "global": ("total = 0.0\n\n\ndef f(x):\n    global total\n    total = np.sum(x * x)\n    return total\n", "total"),
    "global array": ("kept = np.zeros(3)\n\n\ndef f(x):\n    kept[0] = x[0] * 2.0\n    return np.sum(kept)\n", "kept"),
    "list grows": (
        "def f(x):\n    l = [x[0]]\n    for v in l:\n        l.append(v * v)\n    return l[-1]\n",  # noqa: E501
        "for v in l",
    ),
    "exit in finally": (
        "def f(x):\n    y = x\n    for i in range(3):\n        try:\n            y = y * y\n        finally:\n"
        "            if i == 1:\n                break\n    return np.sum(y)\n",
        "if i == 1:",
    ),
    "try": (
        "def f(x):\n    y = 2.0 * x\n    try:\n        y = y * y\n    except ValueError:\n        pass\n"
        "    return np.sum(y)\n",
        "try:",
    ),
    "kept generator": (
        "def f(x):\n    def g():\n        for v in x:\n            yield v * v\n    k = g()\n    return next(k)\n",
        "k = g()",
    ),
    "set": ("def f(x):\n    s = {v * 2.0 for v in x}\n    return sum(s)\n", "s = {v"),
    "derivative of a function defined inside": (
        "import sourcead\n\n\ndef f(x):\n    return np.sum(sourcead.grad(lambda v: np.sum(v**3))(x))\n",
        "sourcead.grad(lambda",
    ),
    "sort in place": ("def f(x):\n    y = x * 1.0\n    y.sort()\n    return y[0]\n", "y.sort()"),
    "shape assigned": ("def f(x):\n    y = x * 1.0\n    y.shape = (3, 1)\n    return np.sum(y)\n", "y.shape = (3, 1)"),
    "effect unknown": ("def f(x):\n    y = x * 1.0\n    y.partition(1)\n    return np.sum(y)\n", "y.partition(1)"),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
@pytest.mark.parametrize("transform", [sourcead.grad, sourcead.tangent])
def test_construct_is_named_with_its_line(tmp_path, monkeypatch, name, transform):
    text, line = CONSTRUCTS[name]
    module = written(tmp_path, monkeypatch, text)
    with pytest.raises(SourceADError) as caught:
        arguments = (X.copy(), np.ones(3)) if transform is sourcead.tangent else (X.copy(),)
        transform(module.f, dynamic="never")(*arguments)
    error = caught.value
    assert error.fact and error.cure
    assert error.origin is not None and Path(error.origin.file).name == "subject_of_errors.py"
    assert line in Path(error.origin.file).read_text().splitlines()[error.origin.line - 1]
    assert re.match(r".*subject_of_errors\.py:\d+:\d+: ", str(error))


@pytest.mark.parametrize("f", [len, json.dumps, re.match])
def test_no_source_and_no_rule(f):
    if f is len:
        with pytest.raises(NoSource) as caught:
            sourcead.grad(f)
        assert "len" in caught.value.fact and caught.value.cure and isinstance(caught.value, OSError)
    else:
        with pytest.raises(SourceADError) as caught:
            sourcead.grad(f, dynamic="never")(X)
        assert caught.value.fact and caught.value.cure


def test_call_without_source_or_rule_names_the_line(tmp_path, monkeypatch):
    module = written(tmp_path, monkeypatch, "def f(x):\n    y = (x * 2.0).tolist()\n    return y[0] * y[1]\n")
    with pytest.raises(NoRule) as caught:
        sourcead.grad(module.f, dynamic="never")
    assert caught.value.cure
    assert "subject_of_errors.py:5" in str(caught.value)
    found = sourcead.grad(module.f)
    assert "# dynamic: the whole of f: `tolist` has neither" in found.source
    np.testing.assert_allclose(found(X), [4.0 * X[1], 4.0 * X[0], 0.0])


@pytest.mark.parametrize(
    "wrt", ["z", 3, -4, 1.5, None, True, ("x", "z"), ("x", "x"), (0, "x"), (0, -3), b"x", ((0, 1),)]
)
def test_unknown_argument(wrt):
    for transform in (sourcead.grad, sourcead.value_and_grad, sourcead.adjoint, sourcead.tangent):
        with pytest.raises(UnknownArgument) as caught:
            transform(square, wrt)
        assert isinstance(caught.value, ValueError) and caught.value.cure
    if wrt == "z":
        assert "`z`" in str(caught.value) or "'z'" in str(caught.value)
        assert "`x`" in caught.value.cure and "`scale`" in caught.value.cure


@pytest.mark.parametrize(
    "argument", [3, True, np.arange(3), np.array([True, False]), np.int64(2), "abc", [1, 2], {"a": 1}], ids=repr
)
def test_integers_booleans_and_text_have_no_derivative(argument):
    def f(x):
        return np.sum(x["a"]) * 2.0 if isinstance(x, dict) else np.sum(x) * 2.0

    for dynamic in ("auto", "always"):
        with pytest.raises(NotDifferentiable) as caught:
            sourcead.grad(f, dynamic=dynamic)(argument)
        assert caught.value.cure and "x" in caught.value.fact


@pytest.mark.parametrize("direction", ["grad", "value_and_grad"])
@pytest.mark.parametrize("dynamic", ["auto", "always"])
@pytest.mark.parametrize(
    "result",
    [
        lambda x: x * 2.0,
        lambda x: (np.sum(x),),
        lambda x: [np.sum(x)],
        lambda x: {"a": np.sum(x)},
        lambda x: x[:1],
    ],
    ids=["array", "tuple", "list", "dict", "one element"],
)
def test_grad_of_what_is_not_one_number(direction, dynamic, result):
    with pytest.raises(NotScalar) as caught:
        getattr(sourcead, direction)(result, dynamic=dynamic)(X)
    assert isinstance(caught.value, TypeError) and caught.value.cure


@pytest.mark.parametrize(
    "cotangent", [1.0, np.ones(2), np.ones((3, 1)), np.ones((1, 3)), (np.ones(3),), None, "a"], ids=repr
)
def test_cotangent_of_another_shape(cotangent):
    def f(x):
        return x * x

    with pytest.raises(CotangentMismatch) as caught:
        sourcead.adjoint(f)(X, cotangent)
    assert isinstance(caught.value, ValueError) and caught.value.fact
    with pytest.raises(CotangentMismatch):
        sourcead.vjp(f, X)[1](cotangent)


@pytest.mark.parametrize("cotangent", [1.0, (1.0,), (1.0, np.ones(2)), {"a": 1.0}], ids=repr)
def test_cotangent_of_another_structure(cotangent):
    def f(x):
        return np.sum(x), x * x

    with pytest.raises(CotangentMismatch):
        sourcead.adjoint(f)(X, cotangent)
    with pytest.raises(CotangentMismatch):
        sourcead.vjp(f, X)[1](cotangent)


def test_shared_array(tmp_path, monkeypatch):
    module = written(
        tmp_path,
        monkeypatch,
        "def f(x):\n    a = [x * 1.0]\n    b = a[0] if len(x) else x\n    a[0] *= x[1]\n    return np.sum(a[0] * b)\n",
    )
    for call in (lambda: sourcead.grad(module.f)(X), lambda: sourcead.tangent(module.f)(X, np.ones(3))):
        with pytest.raises(SharedArray) as caught:
            call()
        assert "subject_of_errors.py" in str(caught.value)
        assert ":7" in str(caught.value)
        assert "copy" in caught.value.cure


def test_derivative_that_would_be_stored_as_an_integer():
    def f(x):
        kept = np.zeros(3, dtype=int)
        kept[0] = x[0] * 10.0
        return np.sum(kept * x)

    with pytest.raises(DerivativeLost):
        sourcead.grad(f)(X)
    with pytest.raises(DerivativeLost):
        sourcead.tangent(f)(X, np.ones(3))


def test_numbers_out_of_the_domain_are_the_users_errors():
    with pytest.raises(ValueError, match="math domain|positive input"):
        sourcead.value_and_grad(lambda x: math.log(x))(-1.0)


def test_user_raises_are_kept():
    def f(x):
        if x > 1.0:
            raise KeyError("too large")
        return x * x

    assert sourcead.grad(f)(0.5) == 1.0
    with pytest.raises(KeyError, match="too large"):
        sourcead.grad(f)(2.0)


def test_endless_recursion_of_the_transform():
    assert issubclass(EndlessRecursion, RecursionError) and issubclass(EndlessRecursion, SourceADError)

    def grow(f, x):
        return grow(lambda v: f(v) * 2.0, x)

    def f(x):
        return grow(lambda v: v, x)

    with pytest.raises(SourceADError) as caught:
        sourcead.grad(f, dynamic="never")
    assert caught.value.cure


def test_unknown_option():
    with pytest.raises(ValueError, match="dynamic"):
        sourcead.grad(square, dynamic="sometimes")


def test_not_a_function():
    for thing in (3, "square", None, X):
        with pytest.raises((SourceADError, TypeError)):
            sourcead.grad(thing)


def test_too_many_primals_and_none_that_moves():
    with pytest.raises(UnknownArgument):
        sourcead.vjp(square, X, 2, 3.0)
    with pytest.raises(UnknownArgument):
        sourcead.vjp(square, 3)
