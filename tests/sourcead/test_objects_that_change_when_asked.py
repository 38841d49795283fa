"""Objects that carry no derivative and change whenever something is asked of them: each asking runs once, in order."""

from __future__ import annotations

import operator
import textwrap

import pytest

import sourcead
from sourcead.errors import SourceADError


class Counting:
    def __init__(self):
        self.n = 1.0
        self.k = 0

    def tick(self):
        self.n = self.n * 1.5
        self.k += 1

    def __bool__(self):
        self.tick()
        return True

    def __len__(self):
        self.tick()
        return 3

    def __neg__(self):
        self.tick()
        return self.n

    def __abs__(self):
        self.tick()
        return self.n

    def __eq__(self, o):
        self.tick()
        return True

    def __lt__(self, o):
        self.tick()
        return self.n < 3

    def __contains__(self, o):
        self.tick()
        return True

    def __iter__(self):
        self.tick()
        return iter([self.n, 2.0])

    def __float__(self):
        self.tick()
        return self.n

    def __int__(self):
        self.tick()
        return 2

    def __index__(self):
        self.tick()
        return 1

    def __str__(self):
        self.tick()
        return "c"

    def __format__(self, s):
        self.tick()
        return "c"

    def __getitem__(self, i):
        self.tick()
        return self.n

    def __setitem__(self, i, v):
        self.tick()

    def __delitem__(self, i):
        self.tick()

    def __call__(self):
        self.tick()
        return self.n

    def __iadd__(self, o):
        self.tick()
        return self

    def __add__(self, o):
        self.tick()
        return o * self.n

    def __radd__(self, o):
        self.tick()
        return o * self.n

    def __hash__(self):
        return 1

    def __enter__(self):
        self.tick()
        return self

    def __exit__(self, *a):
        self.tick()

    def __reversed__(self):
        self.tick()
        return iter([1.0, self.n])

    def __round__(self, n=0):
        self.tick()
        return self.n

    def __divmod__(self, o):
        self.tick()
        return (self.n, o)

    @property
    def p(self):
        self.tick()
        return self.n


ASKINGS = {
    "unequal_test": "if c != 3:\n    x = x * 2",
    "both_test": "if c and c != 3:\n    x = x * 2",
    "text_test": "if f'{c}' == 'c':\n    x = x * 2",
    "bool": "if c: pass",
    "notb": "if not c: x = x * 9",
    "whileb": "j = 0\nwhile c and j < 2: j += 1",
    "len": "x = x * len(c)",
    "neg": "x = x * -c",
    "abs": "x = x * abs(c)",
    "eq": "b = c == 3",
    "eqn": "b = c != 3",
    "lt": "b = c < x",
    "sortd": "q = sorted([c, Counting()])[0].n",
    "maxd": "q = max([c, Counting()]).n",
    "cont": "b = 3 in c",
    "contl": "b = c in [Counting(), 2]",
    "iter": "for a in c: x = x * a",
    "sumc": "x = x * sum(c)",
    "flt": "x = x * float(c)",
    "int": "x = x * int(c)",
    "idx": "x = x * [1.0, 2.0, 3.0][c]",
    "strc": "s = str(c)",
    "fstr": "s = f'{c}'",
    "fmt": "s = '{}'.format(c)",
    "pct": "s = '%s' % c",
    "geti": "x = x * c[0]",
    "geti2": "x = x * c[0] * c[1]",
    "seti": "c[0] = x",
    "dele": "del c[0]",
    "call": "x = x * c()",
    "call2": "x = c() * x + c()",
    "iadd": "c += x",
    "add": "x = c + x",
    "radd": "x = x + c",
    "withc": "with c: x = x * 2",
    "withas": "with c as d: x = x * d.n",
    "rev": "q = list(reversed(c))",
    "rnd": "x = x * round(c)",
    "prop": "x = x * c.p",
    "prop2": "x = x * c.p * c.p",
    "propd": "c.p",
    "anyc": "q = any([c, 0])",
    "zipc": "for a, b in zip(c, [1.0, 2.0]): x = x * a",
    "enum": "for a, b in enumerate(c): x = x * b",
    "comp": "q = [a for a in c]; x = x * q[0]",
    "ifexp": "x = x * 2 if c else x",
    "andor": "q = c and x; x = x * q.n if isinstance(q, Counting) else x * q",
    "opadd": "x = operator.add(c, x)",
    "opneg": "x = x * operator.neg(c)",
    "opcont": "b = operator.contains(c, 3)",
    "opget": "x = x * operator.getitem(c, 0)",
    "getat": "x = x * getattr(c, 'p')",
}

REFUSED = {("lt", "")}


def program(name, head, text, around=""):
    lines = text.splitlines()
    if around == "try":
        lines = ["try:", *(f"    {line}" for line in lines), "except ValueError:", "    pass"]
    made = "c = Counting()\n" if head == "x" else ""
    body = made + "\n".join(lines) + "\nreturn x * c.n + c.k * x * x"
    source = f"def {name}({head}):\n{textwrap.indent(body, '    ')}\n"
    scope = {"Counting": Counting, "operator": operator, "source": source}
    exec(compile(source, f"<counting {name} {head} {around}>", "exec"), scope)
    return scope[name], source


def slope(f, *rest):
    h = 1e-6
    return (f(1.3 + h, *(r() for r in rest)) - f(1.3 - h, *(r() for r in rest))) / (2 * h)


@pytest.mark.parametrize("around", ["", "try"])
@pytest.mark.parametrize("name", ASKINGS)
def test_an_object_made_here(name, around):
    f, source = program(f"asked_{name}", "x", ASKINGS[name], around)
    if (name, around) in REFUSED:
        with pytest.raises(SourceADError):
            sourcead.grad(f)(1.3)
        return
    value, derivative = sourcead.value_and_grad(f)(1.3)
    assert value == pytest.approx(f(1.3))
    assert derivative == pytest.approx(slope(f), rel=1e-6)
    assert sourcead.jvp(f, (1.3,), (1.0,)) == pytest.approx((value, derivative))


@pytest.mark.parametrize("name", ASKINGS)
def test_an_object_that_is_given(name):
    f, source = program(f"asked_{name}", "x, c", ASKINGS[name])
    try:
        value, derivative = sourcead.value_and_grad(f)(1.3, Counting())
    except SourceADError:
        return
    assert value == pytest.approx(f(1.3, Counting()))
    assert derivative == pytest.approx(slope(f, Counting), rel=1e-6)


class Steady:
    """Keeps what it has computed once, as properties often do."""

    def __init__(self, rate):
        self.rate = rate
        self._half = None

    @property
    def half(self):
        if self._half is None:
            self._half = self.rate / 2.0
        return self._half

    def __getitem__(self, place):
        parts = {}
        parts[place] = self.rate * place
        return parts[place]

    def __str__(self):
        shown = []
        shown.append(str(self.rate))
        return ", ".join(shown)


def scaled(x, steady):
    assert str(steady)
    return x * x * steady.half * steady[3]


def test_an_object_that_stays_what_it_is_may_be_given():
    assert sourcead.grad(scaled)(2.0, Steady(1.5)) == pytest.approx(4.0 * 0.75 * 4.5)
    assert sourcead.tangent(scaled)(2.0, Steady(1.5), 1.0)[1] == pytest.approx(4.0 * 0.75 * 4.5)


def test_the_error_says_what_changes():
    f, _ = program("asked", "x, c", "x = x * c.p")
    with pytest.raises(SourceADError, match="of a Counting changes the object each time it is read(?s:.*)annotate"):
        sourcead.grad(f)(1.3, Counting())


class Calm:
    def __init__(self):
        self.n = 1.0

    @property
    def read(self):
        self.n = self.n * 1.5
        return self.n


def with_a_known_class(x, calm: Calm):
    return x * calm.read * calm.read + calm.n


def test_an_argument_of_a_known_class_may_change():
    assert sourcead.value_and_grad(with_a_known_class)(2.0, Calm()) == pytest.approx((2.0 * 1.5 * 2.25 + 2.25, 3.375))
