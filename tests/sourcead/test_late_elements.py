"""Elements that are computed one by one, in loops and comprehensions that change what they are computed from."""

from __future__ import annotations

import itertools
import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError

NAMED = {
    "z = x": "z",
    "z = x[:]": "z",
    "w = [x, 1.0]\nz = w[0]": "z",
    "w = [x, y]": "w[0]",
    "o = Box()\no.a = x": "o.a",
    "d = {'k': x}": "d['k']",
    "z = x.reshape(2, 2)[0]": "z",
    "p = [x]\nq = p\nw = [q]": "w[0][0]",
    "z, w = x, y": "z",
    "z = x if y[0] > 0 else y": "z",
    "z = np.asarray(x)": "z",
    "z = np.zeros(3)": "z",
}
ITERATED = [
    "given(x, y)", "sums(y, x)", "counted(x)", "(e * np.sum(x) for e in y)", "map(doubled, x)", "(v for v in x)",
    "itertools.chain(x, y)", "map(lambda e: e * x[0], y)", "itertools.accumulate(x)", "reversed(x)", "x",
    "itertools.islice(given(x, y), 3)", "(a * b for a, b in zip(x, y))", "list(given(x, y))", "x[::-1]",
]  # fmt: skip
LOOPS = [
    "{z}[0] += e", "{z}[...] = {z} * 0.9 + e", "np.add({z}, 0.1 * e, out={z})", "put({z}, e)",
    "if e > 1:\n    {z}[0] = e",
]  # fmt: skip
X, Y, D = np.array([1.0, 2.0, 0.5, 0.7]), np.array([0.4, 0.3, 1.2]), np.array([0.3, -0.2, 0.7, 0.4])
AROUND = textwrap.dedent("""
    class Box:
        pass

    def given(a, b):
        for e in a:
            yield e * np.max(b)
        yield a[0] * 2.0

    def sums(a, b):
        for e in a:
            yield e
            yield np.sum(b)

    def counted(a):
        k = 0
        while k < 3:
            yield a[k]
            k += 1

    def doubled(e):
        return e * 2.0

    def put(z, e):
        z[0] = z[0] * 0.5 + e
        return e
""")


def _programs():
    for named, z in NAMED.items():
        for iterated in ITERATED:
            for loop in LOOPS:
                body = textwrap.indent(loop.replace("{z}", z), "    ")
                yield f"{named}\ns = 0.0\nfor e in {iterated}:\n{body}\n    s = s + e\nreturn s * np.sum(x)"
            yield f"{named}\nl = [put({z}, e) for e in {iterated}]\nreturn l[-1] * np.sum(x) + l[0]"
            yield f"{named}\ns = sum(put({z}, e) for e in {iterated})\nreturn s * np.sum(x)"
            yield f"{named}\ns = sum(map(lambda e: put({z}, e), {iterated}))\nreturn s * np.sum(x)"


def _agrees(body):
    """Whether the derivatives of a program are right; False where it is refused."""
    source = AROUND + "def f(x, y):\n" + textwrap.indent("x = x * 1.0\n" + body, "    ") + "\n"
    file = f"<late elements {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "itertools": itertools, "__name__": "programs"}
    exec(compile(source, file, "exec"), scope)
    f = scope["f"]
    h = 1e-6
    slope = (f(X + h * D, Y) - f(X - h * D, Y)) / (2 * h)
    try:
        found = sourcead.grad(f)(X.copy(), Y) @ D, sourcead.tangent(f)(X.copy(), Y, D)[1]
    except SourceADError:
        return False
    assert found == pytest.approx((slope, slope), rel=1e-5), body
    return True


@pytest.mark.parametrize("part", range(6))
def test_the_elements_are_those_of_python(part):
    agreed = [_agrees(body) for body in list(_programs())[part::84]]
    assert sum(agreed) > len(agreed) * 3 // 4


def test_a_loop_that_changes_something_else_stays_text():
    def f(x):
        z = np.zeros(3)
        for e in map(np.sin, x):
            z[0] += e
        return np.sum(z * z)

    text = sourcead.grad(f).source
    assert "dynamic" not in text
    assert sourcead.grad(f)(X) == pytest.approx(2 * np.sum(np.sin(X)) * np.cos(X))
