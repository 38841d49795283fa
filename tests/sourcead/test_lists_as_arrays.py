"""Lists where arrays are expected, and lists that are joined where nothing tells that they are lists."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead


def added_at_places(x):
    u = np.zeros(3)
    parts = [x, x * x]
    parts.append(2.0 * x)
    np.add.at(u, [0, 2, 0], parts)
    np.subtract.at(u, [1, 1, 2], [x, 1.0, x])
    return u @ u


def scattered_by_weights(w):
    links = {"a": ["b", "c"], "b": ["c"], "c": ["a", "b"]}
    names = sorted(links)
    rank = dict.fromkeys(names, 1.0 / len(names))
    for _ in range(2):
        new = {n: (1 - w) / len(names) for n in names}
        for source, targets in links.items():
            total = sum(w * len(t) for t in targets)
            for t in targets:
                new[t] += w * rank[source] / total
        rank = new
    return rank["a"] * 2 + rank["b"] ** 2


@pytest.mark.parametrize("f", [added_at_places, scattered_by_weights], ids=lambda f: f.__name__)
def test_every_mode(f):
    x, h = 0.7, 1e-5
    slope = (f(x + h) - f(x - h)) / (2 * h)
    assert_allclose(sourcead.grad(f)(x), slope, rtol=1e-8)
    assert_allclose(sourcead.jvp(f, (x,), (1.0,))[1], slope, rtol=1e-8)
    assert_allclose(sourcead.grad(f, dynamic="always")(x), slope, rtol=1e-8)
    curvature = (sourcead.grad(f)(x + h) - sourcead.grad(f)(x - h)) / (2 * h)
    assert_allclose(sourcead.hvp(f)(x, 1.0), curvature, rtol=1e-7)


def test_entries_that_are_computed_share_nothing():
    assert "apart(" not in sourcead.grad(computed_entries).source


def computed_entries(w, n=3):
    rank = {k: (1 - n) / 2 for k in "ab"}
    names = ["a", "b", "a"]
    for k in names:
        rank[k] += w * rank["b"]
    return rank["a"]


def repeated(p):
    c = p["a"] * 2
    return c[3] * c[0]


def joined(p):
    c = p["a"] + p["b"]
    return c[3] * c[0]


def joined_in_place(p):
    c = p["a"]
    c += p["b"]
    return c[3] * c[0]


@pytest.mark.parametrize("f", [repeated, joined, joined_in_place], ids=lambda f: f.__name__)
def test_lists_in_arithmetic_are_refused(f):
    given = {"a": [0.3, 0.4], "b": [2.0, 3.0]}
    with pytest.raises(sourcead.SourceADError, match="lists are joined"):
        sourcead.grad(f)(given)
    gradient = sourcead.grad(f, dynamic="always")(given)
    assert_allclose(gradient["a"], [0.4, 0.3] if f is repeated else [3.0, 0.0])


def overwritten_by_index(a):
    b = 2.0 * a
    s = 0.0
    for (i, j), v in np.ndenumerate(b):
        s += v * v * (i + 2 * j)
        b[1, 1] = v
    return s + np.sum(b**2)


def entries_by_index(a):
    d = {place: v**2 for place, v in np.ndenumerate(a.T)}
    return d[0, 1] * d[1, 0] + sum(v * i for (i,), v in np.ndenumerate([a[0, 0], a[1, 1]]))


def kept_and_read_later(a):
    entries = np.ndenumerate(a)
    total = 0.0
    for (i, j), v in entries:
        total += v * v * (i + 2 * j)
    return total


@pytest.mark.parametrize("f", [overwritten_by_index, entries_by_index, kept_and_read_later], ids=lambda f: f.__name__)
def test_indices_and_what_is_there(f):
    a = np.array([[0.3, 0.4], [0.6, 0.2]])
    sourcead.check_grads(f, (a,), order=2)
    assert_allclose(sourcead.grad(f, dynamic="always")(a), sourcead.grad(f)(a), rtol=1e-12)


def every_pair(x):
    a = np.subtract.outer(x, x[:2])
    return np.sum(a**2) + np.multiply.outer([x[0], 1.0], np.reshape(x, (1, -1))).sum()


def extremes_so_far(x):
    falls = np.maximum.accumulate(np.cumsum(x)) - np.cumsum(x)
    table = np.outer(x, x)
    return falls.max() + np.sum(np.minimum.accumulate(x) ** 2) + np.sum(np.maximum.accumulate(table, axis=1) ** 2)


@pytest.mark.parametrize("f", [every_pair, extremes_so_far], ids=lambda f: f.__name__)
def test_methods_of_ufuncs(f):
    x = np.array([0.7, 0.2, -0.4, 0.5])
    sourcead.check_grads(f, (x,), order=2)
    assert_allclose(sourcead.grad(f, dynamic="always")(x), sourcead.grad(f)(x), rtol=1e-12)
    assert "dynamic:" not in sourcead.grad(f).source


def repeated_by_an_entry(d):
    u = [0.0] * d["n"]
    for i in range(d["n"]):
        u[i] = d["x"] * i
    return sum(v * v for v in u)


def test_a_list_is_repeated_by_a_whole_number_only():
    assert_allclose(sourcead.grad(repeated_by_an_entry)({"n": 3, "x": 0.7})["x"], 7.0)
    assert_allclose(sourcead.grad(lambda v: np.sum(v * [1.0, -0.8]))(np.array([0.3, 0.4])), [1.0, -0.8])
