"""The programs run, their results are finite, and numeric differences make sense at their arguments."""

from __future__ import annotations

import catalogue
import numpy as np
import oracle
import pytest
import subject

CASES = list(catalogue.cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_runs_and_has_a_derivative(case: catalogue.Case) -> None:
    f, x = subject.of(case)
    value = f(x)
    results = oracle.leaves(value)
    assert all(np.all(np.isfinite(leaf)) for leaf in results)
    if case.program.scalar:
        assert np.shape(value) == () and len(results) <= 1
    assert oracle.leaves(x), "wrt names nothing that carries a derivative"
    if not case.program.smooth:
        return
    rng = np.random.default_rng(7)
    direction, cotangent = oracle.random_like(x, rng), oracle.random_like(value, rng)
    found = oracle.directional(f, x, direction, cotangent)
    assert found.error < 1e-5 * (1.0 + abs(found.value)), found


def test_the_catalogue_is_large() -> None:
    assert len(catalogue.load()) >= 300
    assert len(CASES) > len(catalogue.load())
