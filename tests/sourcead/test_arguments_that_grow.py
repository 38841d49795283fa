"""Lists and dicts among the arguments that get more or fewer entries: the gradient has those that were given."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import sourcead


def appended(p):
    p.append(p[0] * 2.0)
    p[0] = 3.0
    return p[-1] * p[0]


def popped(p):
    last = p.pop()
    return last * p[0]


def inserted(p):
    p.insert(0, p[1] * p[0])
    p.extend([p[0], 2.0])
    del p[1]
    return p[0] * p[1] + p[2] * len(p)


def in_a_loop(p):
    for _ in range(3):
        p.append(p[-1] * p[0])
    p[1] = 0.0
    return sum(p)


def under_another_name(p):
    q = p
    q.append(q[0] * q[1])
    p.reverse()
    return p[0] * p[2]


def added_in_place(p):
    p += [p[0] * 2.0]
    return p[2] * p[1]


@pytest.mark.parametrize("f", [appended, popped, inserted, in_a_loop, under_another_name, added_in_place])
def test_every_way_agrees_and_the_list_stays(f):
    p = [1.5, 2.5]
    moved = [f([1.5 + a, 2.5 + b]) for a, b in ((1e-6, 0.0), (-1e-6, 0.0), (0.0, 1e-6), (0.0, -1e-6))]
    expected = [(moved[0] - moved[1]) / 2e-6, (moved[2] - moved[3]) / 2e-6]
    for found in (
        sourcead.grad(f)(p),
        sourcead.value_and_grad(f)(p)[1],
        sourcead.adjoint(f)(p, 1.0),
        sourcead.vjp(f, p)[1](1.0)[0],
        sourcead.grad(f, dynamic="always")(p),
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    tangent = sourcead.jvp(f, (p,), ([0.3, 0.7],))[1]
    np.testing.assert_allclose(tangent, 0.3 * expected[0] + 0.7 * expected[1], rtol=1e-6)
    assert p == [1.5, 2.5]


def test_entries_of_a_dict():
    def f(d):
        x = d.pop("a")
        d["z"] = x * x
        d["l"].append(d["l"][0] ** 2)
        return sum(d["l"]) * d["z"]

    d = {"a": 1.5, "l": [2.0]}
    given = copy.deepcopy(d)
    found = sourcead.grad(f)(d)
    assert d == given
    np.testing.assert_allclose([found["a"], found["l"][0]], [18.0, 11.25], rtol=1e-12)
