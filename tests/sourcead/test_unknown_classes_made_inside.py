"""Objects of classes that the text does not tell, made in a function, which keep what an operator gives them."""

from __future__ import annotations

import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError

AROUND = textwrap.dedent("""
    class Bag:
        def __init__(self):
            object.__setattr__(self, "items", [])

        def __add__(self, v):
            self.items.append(v)
            return self

        __iadd__ = __add__

        def __lshift__(self, v):
            self.items.append(v)
            return 1.0

        __contains__ = __lt__ = __getitem__ = __call__ = __lshift__

        def __setitem__(self, k, v):
            self.items.append(v)

        def __setattr__(self, k, v):
            self.items.append(v)

        def total(self):
            return sum(self.items)

        @property
        def tot(self):
            return sum(self.items)

    def made():
        try:
            return Bag()
        except ValueError:
            return None
""")
MADE = [
    "b = made()", "b = {'a': Bag}['a' if np.ndim(x) == 0 else 'b']()", "b = type(Bag())()", "b = eval('Bag()')",
    "try:\n    b = Bag()\nexcept ValueError:\n    pass", "import copy\nb = copy.copy(Bag())", "b = [Bag(), 1][0]",
    "b = next(iter([Bag()]))", "b = max([Bag()], key=id)", "b = {'k': Bag()}.get('k')",
]  # fmt: skip
GIVEN = [
    "b + x", "b += x", "t = b << x", "t = x in b", "t = b < x", "t = b[x]", "t = b(x)", "b[0] = x", "b.q = x",
    "t = [b < x]", "t = b << (x * 2)",
]  # fmt: skip
READ = ["b.total() * x", "sum(b.items) * x", "b.tot * x"]


@pytest.mark.parametrize("made", MADE)
def test_what_is_kept_is_right_or_refused(made):
    for given in GIVEN:
        for read in READ:
            body = f"{made}\n{given}\nreturn {read}"
            source = AROUND + "def f(x):\n" + textwrap.indent(body, "    ") + "\n"
            file = f"<unknown classes {zlib.crc32(source.encode())}>"
            linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
            scope = {"np": np, "__name__": "programs"}
            exec(compile(source, file, "exec"), scope)
            f = scope["f"]
            slope = (f(1.3 + 1e-6) - f(1.3 - 1e-6)) / 2e-6
            for derivative in (lambda f: sourcead.grad(f)(1.3), lambda f: sourcead.tangent(f)(1.3, 1.0)[1]):
                try:
                    found = derivative(f)
                except SourceADError:
                    continue
                assert found == pytest.approx(slope, rel=1e-6), body


def test_an_entry_that_is_read_under_a_condition_is_not_looked_at_before():
    class Pair:
        def __init__(self, a):
            self.a = a

        @property
        def both(self):
            return [self.a * 2.0, 3.0]

    def f(x, y):
        w = Pair(y).both
        w[0] = 9.0
        return x * x * (w[0][0] if isinstance(w[0], np.ndarray) else w[0])

    assert sourcead.grad(f)(1.5, np.ones(2)) == pytest.approx(27.0)


def test_a_variable_that_is_not_bound_yet_is_not_looked_at():
    def drawn(a, b):
        for e in a:
            yield (lambda u, v: v)(3, e) if b is None else b

    def f(x, y):
        best = max(drawn(y, None))
        return x * best

    assert sourcead.grad(f)(1.5, np.array([0.5, 2.0])) == pytest.approx(2.0)
    assert sourcead.grad(f, (0, 1))(1.5, np.array([0.5, 2.0]))[1] == pytest.approx([0.0, 1.5])
