"""What is put into a list, dict or object is held by all that hold it, by whatever name it was put there."""

from __future__ import annotations

import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead

BODIES = (
    "a = [x]\nb = [a]\na.append(y)\nb[0][1][0] = 0.7\nreturn np.sum(y ** 2)",
    "a = [x]\nb = [[a]]\na.append(y)\nb[0][0][1][0] = 0.7\nreturn np.sum(y ** 2)",
    "a = [x]\nb = {'k': a}\na[0] = y\nb['k'][0][0] = x[1]\nreturn np.sum(y ** 2)",
    "a = {'k': [x]}\nb = a['k']\nb.append(y)\na['k'][1][0] = x[1]\ny[1] *= 0.5\nreturn np.sum(y ** 2)",
    "a = {'k': [x]}\nb = a['k']\na['k'].append(y)\nb[1][0] = x[1]\nreturn np.sum(y ** 2)",
    "a = Box([x])\nb = a.held\na.held.append(y)\nb[1][0] = x[1]\nreturn np.sum(y ** 2)",
    "a = Box(x)\nb = [a, x]\na.held = y\nb[0].held[0] = x[1]\nreturn np.sum(y ** 2)",
    "a = Box(x)\nb = Box(a)\nb.held.held = y\na.held[0] = x[1]\nreturn np.sum(y ** 2)",
    "a = [x]\nb = (a, 2.0)\nfor _ in range(1):\n    a.append(y)\nb[0][1][0] = x[1]\nreturn np.sum(y ** 2)",
    "a = [x]\nb = [a]\nif x[0] > 0.0:\n    a.append(y)\n    b[0][1][0] = x[1]\nreturn np.sum(y ** 2)",
    "a = [x]\nb = [a]\nc = [b]\nb[0].append(y)\nc[0][0][1][0] = x[1]\na[1][1] *= 2.0\nreturn np.sum(y ** 2)",
    "a = {}\nb = [a]\na['k'] = y\nb[0]['k'][0] = x[1]\nreturn np.sum(y ** 2) * x[0]",
)
X, Y = np.array([0.3, -0.7]), np.array([1.1, 0.4])


class Box:
    def __init__(self, held):
        self.held = held


def _function(body):
    source = "def f(x, y):\n" + textwrap.indent(body, "    ") + "\n"
    file = f"<containers in containers {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "Box": Box, "__name__": "containers"}
    exec(compile(source, file, "exec"), scope)
    return scope["f"]


@pytest.mark.parametrize("body", BODIES)
def test_a_change_reaches_what_was_put_there(body):
    f = _function(body)
    h = 1e-6
    wanted = []
    for k in range(4):
        e = h * np.eye(4)[k]
        wanted.append((f(X + e[:2], Y + e[2:]) - f(X - e[:2], Y - e[2:])) / (2 * h))
    x, y = X.copy(), Y.copy()
    for mode in ("auto", "always"):
        value, bars = sourcead.value_and_grad(f, (0, 1), dynamic=mode)(x, y)
        assert value == pytest.approx(f(X.copy(), Y.copy()))
        np.testing.assert_allclose(np.concatenate(bars), wanted, rtol=1e-6, atol=1e-8)
    tangents = [sourcead.tangent(f, (0, 1))(x, y, e[:2], e[2:])[1] for e in np.eye(4)]
    np.testing.assert_allclose(tangents, wanted, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal([x, y], [X, Y])


def test_a_list_that_stands_twice_and_grows_by_both_is_refused():
    def f(x, y):
        inner = [x * 1.0]
        outer = [inner, inner]
        outer[1].append(y)
        outer[0].append(x)
        outer[1].pop()
        s = np.sum(outer[0][1] * y)
        outer[0].pop()
        return s

    with pytest.raises(sourcead.SharedArray, match="two places"):
        sourcead.grad(f, (0, 1))(X, Y)
    assert sourcead.tangent(f, (0, 1))(X, Y, X, Y)[1] == pytest.approx(2 * Y @ Y)


def test_a_slice_of_constants_is_deleted():
    def f(x, p):
        kept = [p, 0.6]
        del kept[1:]
        return x * kept[0]

    assert sourcead.grad(f)(2.0, 3.0) == 3.0


def test_a_slice_of_a_list_that_a_function_is_given_is_refused_and_of_an_array_assigned():
    def f(v, p):
        v[:2] = [p, p]
        return v[0] * v[1] * v[2]

    v_bar, p_bar = sourcead.grad(f, (0, 1))(np.array([1.0, 2.0, 3.0]), 2.0)
    np.testing.assert_allclose(v_bar, [0.0, 0.0, 4.0])
    assert p_bar == pytest.approx(12.0)
    with pytest.raises(sourcead.NotDifferentiable, match="`v` is a list"):
        sourcead.grad(f, (0, 1))([1.0, 2.0, 3.0], 2.0)
