"""A list, dict or object that a region gives back as it was given it is the same one after the region."""

from __future__ import annotations

import numpy as np
import pytest

import runtime
import sourcead


class Box:
    pass


def list_of_a_dict(x, y):
    h = {"a": [x * 1.0]}
    try:
        u = h["a"]
    except KeyError:
        u = [x]
    u.append(y)
    return np.sum(h["a"][-1] * x) * len(h["a"])


def other_name(x, y):
    z = [x * 1.0]
    try:
        u = z
    except KeyError:
        u = [x]
    u.append(y)
    return np.sum(z[-1] * x) * len(z)


def entry_of_a_dict(x, y):
    z = {"k": x * 1.0}
    try:
        u = z
    except KeyError:
        u = {}
    u["k"] = y
    return np.sum(z["k"] * x)


def field_of_an_object(x, y):
    z = Box()
    z.k = x * 1.0
    try:
        u = z
    except KeyError:
        u = Box()
    u.k = y
    return np.sum(z.k * x)


def from_an_iterator(x, y):
    z = [x * 1.0]
    w = zip([1, 2], [z, z])
    v = w
    next(w)
    for _, u in v:
        pass
    u.append(y)
    return np.sum(z[-1] * x) * len(z)


def in_a_tuple(x, y):
    z = [x * 1.0]
    try:
        u = (z, y)
    except KeyError:
        u = ()
    u[0].append(y)
    return np.sum(z[-1] * x) * len(z)


def two_names_made_inside(x, y):
    try:
        u = [x * 1.0]
        z = u
    except KeyError:
        u = z = [y]
    u.append(y)
    return np.sum(z[-1] * x) * len(z)


PROGRAMS = [
    list_of_a_dict,
    other_name,
    entry_of_a_dict,
    field_of_an_object,
    from_an_iterator,
    in_a_tuple,
    two_names_made_inside,
]
X, Y = np.array([0.5, 0.3]), np.array([1.0, 2.0])


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_a_change_after_the_region_is_seen_under_every_name(f):
    steps = 1e-6 * np.eye(4)
    wanted = [(f(X + e[:2], Y + e[2:]) - f(X - e[:2], Y - e[2:])) / 2e-6 for e in steps]
    for dynamic in ("auto", "always"):
        value, bars = sourcead.value_and_grad(f, (0, 1), dynamic=dynamic)(X, Y)
        assert value == pytest.approx(f(X, Y))
        np.testing.assert_allclose(np.concatenate(bars), wanted, rtol=1e-6, atol=1e-8)
    tangents = [sourcead.tangent(f, (0, 1))(X, Y, e[:2], e[2:])[1] for e in np.eye(4)]
    np.testing.assert_allclose(tangents, wanted, rtol=1e-6, atol=1e-8)


def test_what_is_changed_inside_is_not_what_was_given():
    def grown(z):
        z.append(z[0] * 2.0)
        return z

    given = [X]
    found, pullback = runtime.vjp(grown, given)
    assert found is not given and len(given) == 1 and len(found) == 2
    np.testing.assert_array_equal(pullback([X, X])[0][0], 3.0 * X)
    same, _ = runtime.vjp(lambda z: {"k": z}, given)
    assert same["k"] is given
