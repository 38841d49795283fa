"""A slice is a view of an array and a copy of a list; what is not known before the program runs is right for both."""

from __future__ import annotations

import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError

READS = (
    "t = s[1:][:2]\nreturn np.sum(t[0] * t[1])",
    "return np.sum(s[1:][0] ** 2)",
    "total = 0.0\nfor e in s[1:][:1]:\n    total = total + np.sum(e ** 2)\nreturn total",
    "a, b = s[1:][0]\nreturn a * b",
    "a, *b = s[1:]\nreturn a[0] * b[0][1]",
    "return np.sum(s[:2][::-1][0][:1] * y[1])",
    "return np.sum(s[::2][1][1:][0] * s[-2:][0])",
)
CHANGES = (
    "t = s[1:]\nt[0] = y\nreturn np.sum(t[0] * s[1])",
    "t = s[1:]\nt[0][0] = y[1]\nt[0] = y\nreturn np.sum(t[0] * s[1])",
    "t = s[1:]\nt[-1], t[0] = y, t[-1]\nreturn np.sum(t[-1] * s[1])",
    "t = s[1:][:1]\nt[0][0] = y[1]\nt[0] = y\nreturn np.sum(t[0] * s[1])",
    "t = s[:]\nu = t[0]\nu[0] = y[1]\nreturn np.sum(t[0] * s[1]) + np.sum(s[0])",
    "s[1:][0][1] = y[0]\nreturn np.sum(s[1] * s[0])",
    "t = s[1:]\nu = s[1]\nt[0][1] = y[0]\nreturn np.sum(u * s[0])",
)
# Copies that keep the entries themselves, and the entry that is changed.
COPIES = (
    "t = s.copy()\nt[0][1] = y[0]\nreturn np.sum(t[0] * s[0])",
    "t = s.copy()\nu = t[0]\nu[1] = y[0]\nreturn np.sum(t[0] * s[0])",
    "t = s.copy()\nfor e in t:\n    e *= y\nreturn np.sum(s[0] * s[1])",
    "t = s.copy()\nt[0] = y\nreturn np.sum(t[0] * s[0])",
    "u = s.copy()[1]\nu[0] = y[1]\nreturn np.sum(s[0] * s[1])",
)
GROWTHS = (
    "t = s[1:]\nt.append(y)\nreturn np.sum(t[-1] * s[0]) * len(t)",
    "t = s[1:]\nt += [y]\nreturn np.sum(t[-1] * s[1]) * len(s)",
    "t = s[::-1]\nt.pop()\nt.append(y * 2.0)\nreturn np.sum(t[-1] * s[1] * t[0])",
)
LIST, ARRAY = "[x * 1.0, x * 2.0, x + y]", "np.stack([x * 1.0, x * 2.0, x + y])"
X, Y = np.array([0.3, -0.7]), np.array([1.2, 0.4])


def _loaded(body, made):
    source = f"def q(s, y):\n{textwrap.indent(body, '    ')}\n\n\ndef f(x, y):\n    return q({made}, y)\n"
    file = f"<slices of lists {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "__name__": "slices"}
    exec(compile(source, file, "exec"), scope)
    return scope["f"], scope["q"]


def _slopes(f):
    steps = 1e-6 * np.eye(4)
    return [(f(X + e[:2], Y + e[2:]) - f(X - e[:2], Y - e[2:])) / 2e-6 for e in steps]


@pytest.mark.parametrize("made", [LIST, ARRAY])
@pytest.mark.parametrize("body", [*READS, *CHANGES, *COPIES, *GROWTHS])
def test_slices_of_what_a_function_is_given(body, made):
    if made == ARRAY and body in GROWTHS:
        return
    f, q = _loaded(body, made)
    wanted = _slopes(f)
    value, bars = sourcead.value_and_grad(f, (0, 1))(X, Y)
    assert value == pytest.approx(f(X, Y))
    np.testing.assert_allclose(np.concatenate(bars), wanted, rtol=1e-6, atol=1e-8)
    tangents = [sourcead.tangent(f, (0, 1))(X, Y, e[:2], e[2:])[1] for e in np.eye(4)]
    np.testing.assert_allclose(tangents, wanted, rtol=1e-6, atol=1e-8)
    s_bar, y_bar = sourcead.grad(q, (0, 1))(eval(made, {"x": X, "y": Y, "np": np}), Y.copy())
    found = [*(s_bar[0] + 2.0 * s_bar[1] + s_bar[2]), *(y_bar + s_bar[2])]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("change", ["s[:2] += y", "s[1:] *= y", "s[:1] = y", "s[1:][:1] += y"])
def test_a_slice_that_is_stored_is_one_of_an_array(change):
    body = change + "\nreturn np.sum(s[0] * y)"
    f, _ = _loaded(body, ARRAY)
    np.testing.assert_allclose(np.concatenate(sourcead.grad(f, (0, 1))(X, Y)), _slopes(f), rtol=1e-6, atol=1e-8)
    with pytest.raises(SourceADError):
        sourcead.grad(_loaded(body, "[x[0], x[1], y[0]]")[1], (0, 1))([0.1, 0.2, 0.3], Y)
