"""Every program of the catalogue through every mode, against numeric derivatives that are not the compiler's."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import catalogue
import numpy as np
import oracle
import pytest
import subject

import sourcead

CASES = list(catalogue.cases())
SMOOTH = [case for case in CASES if case.program.smooth]
TWICE = [case for case in CASES if case.program.second and case.program.scalar]


class Call:
    """A case with all its positional arguments spelled out, and random seeds for both modes."""

    def __init__(self, case: catalogue.Case) -> None:
        self.case = case
        self.function = case.program.function
        self.wrt = case.program.wrt
        bound = inspect.signature(self.function).bind(*case.args(), **case.kwargs())
        bound.apply_defaults()
        given = getattr(self.function, "keywords", {})
        self.args, self.kwargs = bound.args, {name: value for name, value in bound.kwargs.items() if name not in given}
        self.f, self.x = subject.of(case)
        self.value = self.f(self.x)
        rng = np.random.default_rng(11)
        self.direction = oracle.random_like(self.x, rng)
        self.cotangent = 1.0 if case.program.scalar else oracle.random_like(self.value, rng)
        self.single = any(getattr(leaf, "dtype", None) == np.float32 for leaf in oracle.leaves(self.x))

    def expected(self) -> oracle.Derivative:
        """<cotangent, J direction>, numerically."""
        cotangent = self.cotangent if oracle.leaves(self.value) else self.value
        return oracle.directional(self.f, self.x, self.direction, cotangent)

    def pulled(self, **options: Any) -> Any:
        """The gradient, or the cotangents of the arguments for the random cotangent."""
        if self.case.program.scalar:
            return sourcead.grad(self.function, self.wrt, **options)(*self.args, **self.kwargs)
        seed, given = oracle.seed(self.cotangent), copy.deepcopy(self.cotangent)
        bars = sourcead.adjoint(self.function, self.wrt, **options)(*self.args, seed, **self.kwargs)
        assert_same(seed, oracle.seed(given))
        return bars

    def pushed(self, **options: Any) -> tuple[Any, Any]:
        """Value and tangent along the random direction."""
        dots = self.direction if isinstance(self.wrt, tuple) else (self.direction,)
        seeds, given = [oracle.seed(dot) for dot in dots], copy.deepcopy(dots)
        found = self.seeded(sourcead.tangent(self.function, self.wrt, **options), *seeds)
        assert_same(seeds, [oracle.seed(dot) for dot in given])
        return found

    def seeded(self, derived: Any, *seeds: Any) -> Any:
        """Call with seeds, which are keyword-only where defaults or `*args` stand before them."""
        own = inspect.signature(derived.primal).parameters
        names = [name for name in inspect.signature(derived).parameters if name not in own]
        return derived(*self.args, **dict(zip(names, seeds, strict=True)), **self.kwargs)

    def close(self, found: float, expected: oracle.Derivative) -> bool:
        scale = 1.0 + abs(expected.value) + oracle.size(self.direction) * self.single
        return abs(found - expected.value) <= expected.error + (2e-5 if self.single else 1e-9) * scale


def assert_same(found: Any, expected: Any) -> None:
    """Two trees have the same leaves, to the last bit or nearly."""
    left, right = oracle.leaves(found), oracle.leaves(expected)
    assert len(left) == len(right)
    for a, b in zip(left, right):
        np.testing.assert_allclose(
            a,
            b,
            rtol=1e-5 if getattr(a, "dtype", None) == np.float32 else 1e-9,
            atol=1e-9,
        )


def refused(case: catalogue.Case, error: sourcead.SourceADError) -> None:
    """A refusal is right only for programs that may be refused, and only with a place and a cure."""
    if not case.program.may_refuse:
        raise error
    assert error.fact and error.cure


@pytest.mark.parametrize("case", CASES, ids=str)
def test_reverse(case: catalogue.Case) -> None:
    call = Call(case)
    before = copy.deepcopy((call.args, call.kwargs, call.cotangent))
    try:
        bar = call.pulled()
    except sourcead.SourceADError as error:
        return refused(case, error)
    oracle.assert_like(bar, call.x)
    assert_same((call.args, call.kwargs, call.cotangent), before)
    assert all(np.all(np.isfinite(leaf)) for leaf in oracle.leaves(bar))
    if case.program.smooth:
        expected = call.expected()
        found = oracle.inner(bar, call.direction)
        assert call.close(found, expected), (found, expected)


@pytest.mark.parametrize("case", [case for case in SMOOTH if case.program.scalar], ids=str)
def test_value_and_every_component(case: catalogue.Case) -> None:
    call = Call(case)
    if oracle.size(call.x) > 12:
        pytest.skip("many components: the random direction of the other test is enough")
    try:
        value, bar = sourcead.value_and_grad(call.function, call.wrt)(*call.args, **call.kwargs)
    except sourcead.SourceADError as error:
        return refused(case, error)
    np.testing.assert_allclose(value, call.value, rtol=1e-6 if call.single else 1e-12)
    tolerance = 2e-5 if call.single else 1e-6
    for found, expected in zip(oracle.leaves(bar), oracle.leaves(oracle.gradient(call.f, call.x)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_forward(case: catalogue.Case) -> None:
    call = Call(case)
    before = copy.deepcopy((call.args, call.kwargs, call.direction))
    try:
        value, dot = call.pushed()
    except sourcead.SourceADError as error:
        return refused(case, error)
    assert_same(value, call.value)
    assert_same((call.args, call.kwargs, call.direction), before)
    if case.program.smooth and oracle.leaves(call.value):
        expected = call.expected()
        found = oracle.inner(dot, oracle.seed(call.cotangent))
        assert call.close(found, expected), (found, expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_source_stands_alone(case: catalogue.Case) -> None:
    try:
        df = sourcead.adjoint(case.program.function, case.program.wrt)
    except sourcead.SourceADError as error:
        return refused(case, error)
    compile(df.source, f"<{case}>", "exec")
    assert df.primal is case.program.function


@pytest.mark.parametrize("case", TWICE, ids=str)
def test_second_order(case: catalogue.Case) -> None:
    """Forward over reverse and reverse over reverse, against differences of the gradient."""
    call = Call(case)
    dots = call.direction if isinstance(call.wrt, tuple) else (call.direction,)
    parameters = list(inspect.signature(call.function).parameters)
    try:
        gradient = sourcead.grad(call.function, call.wrt)
        _, forward = call.seeded(sourcead.tangent(gradient, call.wrt), *map(oracle.seed, dots))
        reverse = call.seeded(sourcead.adjoint(gradient, call.wrt), oracle.seed(call.direction))
    except sourcead.SourceADError as error:
        return refused(case, error)

    def df(x: Any) -> Any:
        args, kwargs = list(copy.deepcopy(call.args)), dict(call.kwargs)
        for name, value in zip(call.wrt, x) if isinstance(call.wrt, tuple) else [(call.wrt, x)]:
            if name in kwargs:
                kwargs[name] = value
            else:
                args[name if isinstance(name, int) else parameters.index(name)] = value
        return gradient(*args, **kwargs)

    weights = oracle.random_like(call.x, np.random.default_rng(12))
    expected = oracle.directional(df, call.x, call.direction, weights)
    assert call.close(oracle.inner(forward, weights), expected), (forward, expected)
    assert call.close(oracle.inner(reverse, weights), expected), (reverse, expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dynamic_equals_emitted(case: catalogue.Case) -> None:
    call = Call(case)
    try:
        emitted = call.pulled()
    except sourcead.SourceADError as error:
        return refused(case, error)
    try:
        dynamic = call.pulled(dynamic="always")
    except sourcead.SourceADError as error:
        return refused(case, error)
    oracle.assert_like(dynamic, call.x)
    assert_same(dynamic, emitted)
