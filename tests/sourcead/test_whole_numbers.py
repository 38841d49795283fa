"""Integers and booleans: refused as what to differentiate by, zeros of their own type inside of other arguments."""

from __future__ import annotations

import dataclasses
import fractions
from typing import Any, NamedTuple

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError


def square(x):
    return x * x


def total(x):
    return np.sum(x * x)


def first_two(x):
    return x[0] * x[1]


@dataclasses.dataclass
class Pair:
    a: Any
    b: Any


class Couple(NamedTuple):
    a: Any
    b: Any


def of_pair(p):
    return p.a * p.b


def of_dict(p):
    return p["a"] * p["b"]


def ones_like(x):
    if isinstance(x, list):
        return [1.0 for _ in x]
    if isinstance(x, dict):
        return dict.fromkeys(x, 1.0)
    if isinstance(x, Pair):
        return Pair(1.0, 1.0)
    return np.ones(x.shape) if isinstance(x, np.ndarray) else 1.0


ENTRIES = {
    "grad": lambda f, x: sourcead.grad(f)(x),
    "grad, dynamic": lambda f, x: sourcead.grad(f, dynamic="always")(x),
    "value_and_grad": lambda f, x: sourcead.value_and_grad(f)(x)[1],
    "adjoint": lambda f, x: sourcead.adjoint(f)(x, 1.0),
    "vjp": lambda f, x: sourcead.vjp(f, x)[1](1.0)[0],
    "tangent": lambda f, x: sourcead.tangent(f)(x, ones_like(x)),
    "jvp": lambda f, x: sourcead.jvp(f, (x,), (ones_like(x),)),
    "jacobian": lambda f, x: sourcead.jacobian(f)(x),
    "jacrev": lambda f, x: sourcead.jacrev(f)(x),
    "jacfwd": lambda f, x: sourcead.jacfwd(f)(x),
    "hessian": lambda f, x: sourcead.hessian(f)(x),
    "hvp": lambda f, x: sourcead.hvp(f)(x, ones_like(x)),
    "check_grads": lambda f, x: sourcead.check_grads(f, (x,)),
}
WHOLE = {
    "int": (square, 3),
    "bool": (square, True),
    "NumPy integer": (square, np.int64(3)),
    "array of integers": (total, np.arange(3)),
    "array of booleans": (total, np.array([True, False])),
    "array of objects": (total, np.array([1.0, 2.0], dtype=object)),
    "list of integers": (first_two, [1, 2]),
    "dict of integers": (of_dict, {"a": 1, "b": 2}),
    "object of integers": (of_pair, Pair(1, 2)),
    "fraction": (square, fractions.Fraction(1, 2)),
}


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e != "check_grads"])
@pytest.mark.parametrize("case", WHOLE)
def test_alone_they_are_refused(case, entry):
    with pytest.raises(sourcead.SourceADError) as caught:
        ENTRIES[entry](*WHOLE[case])
    assert caught.value.cure and ("derivative" in str(caught.value) or "floating-point" in str(caught.value))


REVERSE = ["grad", "grad, dynamic", "value_and_grad", "adjoint", "vjp"]
MIXED = {
    "list": (first_two, [1.5, 2], lambda g: g),
    "tuple": (first_two, (1.5, True), lambda g: g),
    "dict": (of_dict, {"a": 1.5, "b": np.int32(2)}, lambda g: [g["a"], g["b"]]),
    "dataclass": (of_pair, Pair(1.5, 2), lambda g: [g.a, g.b]),
    "named tuple": (of_pair, Couple(1.5, 2), lambda g: [g.a, g.b]),
    "array of integers": (lambda p: np.sum(p[0] * p[1]), [np.ones(2), np.arange(2)], lambda g: g),
}


@pytest.mark.parametrize("entry", REVERSE)
@pytest.mark.parametrize("case", MIXED)
def test_inside_they_have_zeros_of_their_type(case, entry):
    f, x, parts = MIXED[case]
    found = ENTRIES[entry](f, x)
    assert type(found) is type(x)
    (first, second), (given, whole) = parts(found), parts(x)
    np.testing.assert_array_equal(first, whole * 1.0)
    assert isinstance(first, type(given))
    assert type(second) is type(whole) and np.all(np.equal(second, 0))
    assert getattr(second, "dtype", None) == getattr(whole, "dtype", None)


@pytest.mark.parametrize("entry", ["jacobian", "jacrev", "jacfwd"])
def test_jacobians_have_zeros_there_too(entry):
    found = ENTRIES[entry](of_dict, {"a": 1.5, "b": 2})
    assert found["a"] == 2.0 and found["b"] == 0


def test_text_and_none_stay():
    def f(p):
        return p["a"] ** 2 if p["kind"] == "square" else p["a"]

    assert sourcead.grad(f)({"a": 1.5, "kind": "square", "more": None}) == {"a": 3.0, "kind": "square", "more": None}


@pytest.mark.parametrize("write", [np.add.at, np.subtract.at], ids=["add.at", "subtract.at"])
def test_what_is_added_to_an_array_of_whole_numbers_is_refused(write):
    def f(x):
        v = np.array([2, 3])
        write(v, 0, x[0])
        return np.sum(v * 1.0)

    with pytest.raises(sourcead.SourceADError):
        sourcead.grad(f)(np.array([1.5, 2.5]))


def added_to_whole_numbers(x):
    v = np.array([2, 3])
    np.add.at(v, 0, x[0])
    return np.sum(v * 1.0)


def test_what_is_added_by_name_to_an_array_of_whole_numbers_is_refused():
    with pytest.raises(sourcead.SourceADError, match="array of int64, and a value that carries"):
        sourcead.grad(added_to_whole_numbers)(np.array([1.5, 2.5]))


def places(x):
    kept = np.argsort(x)
    kept[0] = 3.0 * x[1]
    return np.sum(kept * x)


def ranks_of(x):
    order = np.argsort(x)
    return np.argsort(order)


def places_of_a_function(x):
    kept = ranks_of(x)
    kept[0] = 3.0 * x[1]
    return np.sum(kept * x)


@pytest.mark.parametrize("f", [places, places_of_a_function])
@pytest.mark.parametrize("transform", [sourcead.grad, lambda f: lambda x: sourcead.jvp(f, (x,), (np.ones(3),))])
def test_a_store_in_the_places_that_a_function_found_is_refused(f, transform):
    with pytest.raises(sourcead.SourceADError, match="int64"):
        transform(f)(np.array([0.5, 1.5, 2.5]))


def order_that_varies(y: complex, p):
    return np.real(np.sum(y)) + np.linalg.norm([0.98, 0.33, 0.51], 1.0 + 0.1 * p)


def test_the_order_of_a_norm_among_complex_numbers_is_no_constant():
    with pytest.raises(SourceADError, match="`ord` of `norm`"):
        sourcead.grad(order_that_varies, "p")(np.ones(2) * 1j, 1.3)
