"""Variables that hold an array here and a dict there, told apart by `isinstance`, `type` or `match`."""

import numpy as np
import oracle
import pytest

import sourcead

X = np.array([0.5, 0.3, 0.8, 1.1])
W = np.array([1.0, 3.0, -2.0])


def asked(x):
    t = 0.0
    for q in [x[:3] * 1.0, {"a": x[1]}]:
        if isinstance(q, np.ndarray):
            t += np.sum(q * W)
        else:
            t += q["a"] * x[0]
    return t * x[3]


def asked_by_type(x):
    t = 0.0
    for q in [x[:3] * 1.0, {"a": {"b": x[1]}}]:
        if type(q) is dict:
            t += q["a"]["b"] * sum(v["b"] for v in q.values())
        else:
            t += np.sum(q * W)
    return t * x[3]


def matched(x):
    t = 0.0
    for q in [x[:3] * 1.0, x[2], {"a": x[1], "b": x[0]}]:
        match q:
            case np.ndarray():
                q += 1.0
                t += np.sum(q * W)
            case {"a": a, **rest}:
                t += a * rest["b"]
            case _:
                t *= q
    return t * x[3]


@pytest.mark.parametrize("f", [asked, asked_by_type, matched])
def test_arrays_beside_dicts(f):
    expected = oracle.gradient(f, X)
    df = sourcead.grad(f)
    assert np.allclose(df(X), expected)
    assert np.isclose(sourcead.tangent(f)(X, np.ones(4))[1], expected.sum())
    curved = oracle.gradient(lambda q: np.sum(df(q)), X)
    assert np.allclose(sourcead.grad(lambda q: np.sum(df(q)))(X), curved, rtol=1e-6)
