"""Every program of the catalogue on the dynamic graph, backward and forward, against numeric derivatives."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import catalogue
import numpy as np
import oracle
import pytest
import subject

import runtime
from runtime.kernels import formed

CASES = list(catalogue.cases())
# Programs that read an array in a way that the graph does not follow: they must be refused, never be wrong.
REFUSED = {
    "methods.flat_reading",
    "inplace.stored_as_integer",
    "hostile.stored_into_integers",
    "calls.callee_changes_what_stands_in_a_display",
    "functions.function_that_is_given_changes_an_array",
    "found.changes_what_a_call_gives_back",
    "found.changes_through_a_partial_function",
    "found.changes_what_an_out_argument_gives_back",
    "found.changes_an_argument_in_a_last_region",
}


class Traced:
    """A case as a function of what it is differentiated by, called on the very values it is given."""

    def __init__(self, case: catalogue.Case) -> None:
        self.case = case
        self.plain, self.x = subject.of(case)
        self.several = isinstance(case.program.wrt, tuple)
        self.xs = self.x if self.several else (self.x,)
        self.value = self.plain(self.x)
        rng = np.random.default_rng(17)
        self.direction, self.cotangent = oracle.random_like(self.x, rng), oracle.random_like(self.value, rng)
        self.single = any(getattr(leaf, "dtype", None) == np.float32 for leaf in oracle.leaves(self.x))

    def function(self) -> Callable[..., Any]:
        args, kwargs = list(self.case.args()), self.case.kwargs()
        wrt = self.case.program.wrt
        places = [subject.position(self.case, name) for name in (wrt if isinstance(wrt, tuple) else (wrt,))]

        def f(*xs: Any) -> Any:
            for place, x in zip(places, xs, strict=True):
                if isinstance(place, str):
                    kwargs[place] = x
                else:
                    args[place] = x
            return self.case.program.function(*args, **kwargs)

        return f

    def check(self, found: float) -> None:
        """`found` is <cotangent, J direction>."""
        if self.case.program.smooth and oracle.leaves(self.value):
            expected = oracle.directional(self.plain, self.x, self.direction, self.cotangent)
            margin = (3e-5 if self.single else 1e-8) * (1.0 + abs(expected.value))
            assert abs(found - expected.value) <= expected.error + margin, (found, expected)

    def refused(self, error: runtime.SourceADError) -> None:
        if self.case.program.name not in REFUSED:
            raise error
        assert error.origin is not None and error.fact and error.cure


@pytest.mark.parametrize("case", CASES, ids=str)
def test_vjp(case: catalogue.Case) -> None:
    traced = Traced(case)
    before = copy.deepcopy(traced.xs)
    try:
        value, pullback = runtime.vjp(traced.function(), *traced.xs)
    except runtime.SourceADError as error:
        return traced.refused(error)
    bars = pullback(oracle.seed(traced.cotangent))
    bar = bars if traced.several else bars[0]
    # The cotangent of an object whose class has operators of its own is none of that class.
    bar = formed(bar, traced.x)
    oracle.assert_like(bar, traced.x)
    for found, expected in zip(oracle.leaves(value), oracle.leaves(traced.value), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    for kept, original in zip(oracle.leaves(traced.xs), oracle.leaves(before), strict=True):
        np.testing.assert_array_equal(kept, original)
    traced.check(oracle.inner(bar, traced.direction))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_jvp(case: catalogue.Case) -> None:
    traced = Traced(case)
    dots = oracle.seed(traced.direction)
    try:
        _, dot = runtime.jvp(traced.function(), traced.xs, dots if traced.several else (dots,))
    except runtime.SourceADError as error:
        return traced.refused(error)
    traced.check(oracle.inner(dot, oracle.seed(traced.cotangent)))
