"""Entries that are read one by one are unpacked as the user does: text in, text out."""

from __future__ import annotations

import textwrap
import typing

import gast
import pytest

import sourcead
from runtime.kernels import require_entries
from sourcead.backend.printing import to_text
from sourcead.frontend.names import MISSING
from sourcead.optimize.unpacking import unpack

CASES = {
    "all entries": (
        "require_entries(v, count=2)\na = v[0]\nb = v[1]\nreturn a * b",
        "a, b = v\nreturn a * b",
    ),
    "an entry that nothing reads": (
        "require_entries(v, count=3)\nb = v[1]\nreturn b",
        "_, b, _ = v\nreturn b",
    ),
    "entries of entries": (
        "require_entries(v, count=2)\nrequire_entries(v[0], count=2)\na = v[0][0]\nb = v[0][1]\nc = v[1]\nreturn c",
        "(a, b), c = v\nreturn c",
    ),
    "what may be anything is asked": (
        "require_entries(w, count=2)\na = w[0]\nrequire_entries(w[1], count=2)\nb = w[1][0]\nc = w[1][1]\nreturn c",
        "require_entries(w, w[1])\na, (b, c) = w\nreturn c",
    ),
    "tangents beside the values": (
        "require_entries(v, count=2)\na = v[0]\na_dot = v_dot[0]\nb = v[1]\nb_dot = v_dot[1]\nreturn a * b",
        "a, b = v\na_dot = v_dot[0]\nb_dot = v_dot[1]\nreturn a * b",
    ),
    "a value of the compiler's own": (
        "t = v * 2\nrequire_entries(t, count=2)\na = t[0]\nb = t[1]\nreturn a * b",
        "a, b = v * 2\nreturn a * b",
    ),
    "a value that is read again": (
        "t = v * 2\nrequire_entries(t, count=2)\na = t[0]\nb = t[1]\nreturn a * b * t",
        "t = v * 2\na, b = t\nreturn a * b * t",
    ),
    "one check of two": (
        "require_entries(w)\nrequire_entries(w, count=2)\na = w[0]\nb = w[1]\nreturn a * b",
        "require_entries(w)\na, b = w\nreturn a * b",
    ),
    "in a loop": (
        "for k in range(n):\n    require_entries(v, count=2)\n    a = v[0]\n    b = v[1]\nreturn a * b",
        "for k in range(n):\n    a, b = v\nreturn a * b",
    ),
    "one name twice": (
        "require_entries(v, count=2)\nb = v[0]\nb = v[1]\nreturn b",
        "b, _ = v\nb = v[1]\nreturn b",
    ),
    "a name that is read in between": (
        "require_entries(v, count=2)\na = v[0]\nc = b[0]\nb = v[1]\nreturn c",
        "a, _ = v\nc = b[0]\nb = v[1]\nreturn c",
    ),
}
STAY = {
    "nothing is read": "require_entries(v, count=2)\nreturn x",
    "the variable itself is given an entry": "require_entries(v, count=2)\nv = v[0]\nreturn v",
    "something may change in between": "require_entries(v, count=2)\nv[0] = x\na = v[0]\nb = v[1]\nreturn a * b",
    "a star": "require_entries(v, least=1)\na = v[0]\nreturn a",
    "statements that say the same": "xs.pop()\nxs.pop()\nreturn xs",
    "from the end": "require_entries(v, count=2)\na = v[-1]\nreturn a",
}


def shown(text):
    body = gast.parse(textwrap.dedent(text)).body
    return to_text(unpack(body, frozenset({"t"}), frozenset({"w"}), resolve)).strip()


def resolve(node):
    return require_entries if getattr(node, "id", "") == "require_entries" else MISSING


@pytest.mark.parametrize("before, after", CASES.values(), ids=CASES)
def test_entries_are_unpacked(before, after):
    assert shown(before) == after


@pytest.mark.parametrize("text", STAY.values(), ids=STAY)
def test_other_reads_stay(text):
    assert shown(text) == text


class Couple(typing.NamedTuple):
    a: float
    b: float


def drained_by(kind):
    def drained(a, b):
        while b > 0.5:
            z1 = kind(-4, b=0.5)
            v2, z3 = z1
            b += v2
        return b

    def f(x):
        return 0.5 * x * x * drained(x, 1.5)

    return f


def test_an_unpacked_record_is_read_again_in_emitted_text():
    slope = sourcead.grad(drained_by(Couple))
    assert slope(1.5) == pytest.approx(-3.75)
    assert sourcead.grad(slope)(1.5) == pytest.approx(-2.5)
