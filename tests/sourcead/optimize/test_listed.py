"""Loops over the keys of dicts stay loops over keys."""

import textwrap

import gast
import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead
from sourcead.backend.printing import to_text
from sourcead.optimize.listed import read_by_entry

P = {"w": np.array([0.3, 0.2]), "b": np.array([1.0, 0.5]), "cc": np.array([0.1, 0.9])}


def penalty(params):
    total = 0.0
    for name in sorted(params):
        total += np.sum(params[name] ** 3) * len(name)
    return total


GRADIENT = """\
    keys = sorted(params)
    total_bar = 1.0
    params_bar = zeros_like(params)
    for name in reversed(keys):
        # total += np.sum(params[name] ** 3) * len(name)
        add_at(params_bar, name, 3.0 * (total_bar * len(name) * params[name] ** 2))
    return like(params_bar, params)
"""

TANGENT = """\
    total = 0.0
    keys = sorted(params)
    total_dot = 0.0
    for name in keys:
        t = params[name]
        total_dot += np.sum(3.0 * (params_dot[name] * t ** 2)) * len(name)
        total += np.sum(t ** 3) * len(name)
    return total, total_dot
"""


def test_the_text():
    assert GRADIENT in sourcead.grad(penalty).source
    assert TANGENT in sourcead.tangent(penalty).source


SHORTENED = {
    "an entry without a name gets one": (
        """
        keys = list(d)
        for k in range(len(keys)):
            total += d[keys[k]]
        """,
        """
        keys = list(d)
        for key in keys:
            total += d[key]
        """,
    ),
    "a name that inner blocks give": (
        """
        keys = list(d)
        for k in reversed(range(len(keys))):
            for i in range(3):
                name = keys[k]
                total += d[name]
        """,
        """
        keys = list(d)
        for name in reversed(keys):
            for i in range(3):
                total += d[name]
        """,
    ),
    "a name that some rounds give, and that is read behind the loop": (
        """
        keys = list(d)
        for k in range(len(keys)):
            if d[keys[k]] > 0:
                last = keys[k]
        y = d[last]
        """,
        """
        keys = list(d)
        for key in keys:
            if d[key] > 0:
                last = key
        y = d[last]
        """,
    ),
    "a name that every round gives, and that is read behind the loop": (
        """
        keys = list(d)
        for k in range(len(keys)):
            last = keys[k]
            total += d[last]
        last += "s"
        """,
        """
        keys = list(d)
        for last in keys:
            total += d[last]
        last += "s"
        """,
    ),
    "a name that is read before it is given": (
        """
        keys = list(d)
        for k in range(len(keys)):
            total += d[name]
            name = keys[k]
        """,
        """
        keys = list(d)
        for key in keys:
            total += d[name]
            name = key
        """,
    ),
}
KEPT = {
    "a counter that is read": """
        keys = list(d)
        for k in range(len(keys)):
            total += k * d[keys[k]]
        """,
    "a list that is changed": """
        keys = list(d)
        for k in range(len(keys)):
            keys.append(d[keys[k]])
        """,
    "a part of a list": """
        keys = list(d)
        for k in range(len(keys))[:count]:
            total += d[keys[k]]
        """,
    "another list of the same counter": """
        keys = list(d)
        names = list(e)
        for k in range(len(keys)):
            total += d[keys[k]] * e[names[k]]
        """,
    "an entry that is read behind the loop": """
        keys = list(d)
        for k in range(len(keys)):
            total += d[keys[k]]
        total += d[keys[k]]
        """,
    "a loop with the same counter inside": """
        keys = list(d)
        for k in range(len(keys)):
            for k in range(len(keys)):
                total += d[keys[k]]
            total += d[keys[k]]
        """,
    "a list that is made again in the loop": """
        for k in range(len(keys)):
            total += d[keys[k]]
            keys = list(e)
        """,
    "no list of its own": """
        keys = sequence(d)
        for k in range(len(keys)):
            total += d[keys[k]]
        """,
}


def shortened(text):
    return to_text(read_by_entry(gast.parse(textwrap.dedent(text)).body, lambda hint: hint)).strip()


@pytest.mark.parametrize("name", SHORTENED)
def test_loops_over_entries(name):
    text, wanted = SHORTENED[name]
    assert shortened(text) == textwrap.dedent(wanted).strip()


@pytest.mark.parametrize("name", KEPT)
def test_loops_that_stay(name):
    assert shortened(KEPT[name]) == textwrap.dedent(KEPT[name]).strip()


def entries(params):
    total = 1.0
    for name, value in sorted(params.items(), reverse=False):
        if name == "b":
            continue
        total = total * np.sum(np.sin(value)) + len(name)
    for name, value in sorted(params.items()):
        total = total + np.sum(value) * total * len(name)
    for value in params.values():
        total += np.sum(value**3)
    for name in sorted(params, reverse=True):
        for other in sorted(params.keys()):
            total = total + params[name][0] * params[other][1]
            if total > 40.0:
                break
    return total


def counts(params):
    h = {}
    for value in params.values():
        k = len(value) % 2
        h[k] = h.get(k, 0.0) + value[0] * value[1]
    last = 0
    for k in sorted(h):
        last = k
    return h[last] ** 2


def test_a_name_that_some_rounds_give_keeps_its_last_value():
    def f(x, weights):
        ws = sorted(weights)
        w = 0.0
        for i in range(len(ws)):
            if ws[i] < 2.5:
                w = ws[i]
        return x * x * w

    assert sourcead.value_and_grad(f)(3.0, [1.0, 4.0, 2.0]) == (18.0, 12.0)
    assert sourcead.tangent(f)(3.0, [1.0, 4.0, 2.0], 1.0) == (18.0, 12.0)


def test_a_counter_that_is_read_behind_the_loop():
    def f(x, weights, k):
        ws = sorted(weights)
        t = 0.0
        for k in range(len(ws)):
            t = t + x * ws[k]
        return t * ws[k]

    assert sourcead.value_and_grad(f)(3.0, [1.0, 4.0], 0) == (60.0, 20.0)
    assert sourcead.tangent(f)(3.0, [1.0, 4.0], 0, 1.0) == (60.0, 20.0)


def test_a_counter_of_two_loops_one_in_the_other():
    def f(x, weights):
        ws = sorted(weights)
        t = 0.0
        for k in range(len(ws)):
            for k in range(len(ws)):
                t = t + x * ws[k]
            t = t * ws[k]
        return t

    assert sourcead.value_and_grad(f)(3.0, [1.0, 4.0]) == (300.0, 100.0)
    assert sourcead.tangent(f)(3.0, [1.0, 4.0], 1.0) == (300.0, 100.0)


def of_vector(f):
    return lambda v: f({"w": v[:2], "b": v[2:4], "cc": v[4:]})


def test_derivatives():
    v = np.concatenate(list(P.values()))
    for f in (penalty, entries, counts):
        wanted = np.array([np.imag(of_vector(f)(v + 1e-30j * e)) / 1e-30 for e in np.eye(6)])
        found = sourcead.grad(f)(P)
        assert_allclose(np.concatenate([found[k] for k in P]), wanted, rtol=1e-12)
        found = sourcead.grad(f, dynamic="always")(P)
        assert_allclose(np.concatenate([found[k] for k in P]), wanted, rtol=1e-12)
        g = of_vector(f)
        assert_allclose([sourcead.tangent(g)(v, e)[1] for e in np.eye(6)], wanted, rtol=1e-12)
        slope = sourcead.grad(g)
        second = [(slope(v + 1e-6 * e) - slope(v - 1e-6 * e)) / 2e-6 for e in np.eye(6)]
        assert_allclose(sourcead.hessian(g)(v), second, rtol=1e-6, atol=1e-6)
