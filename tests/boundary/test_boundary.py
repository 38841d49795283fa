"""Every way in which a derivative could be lost: in every mode it is right, or refused with the fact and a cure."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import through_arrays  # noqa: F401 (fills the list)
import through_numbers  # noqa: F401
import through_state  # noqa: F401
import ways

import runtime
import sourcead

X = ways.X


def differences(f: Callable[[Any], Any]) -> np.ndarray:
    """The gradient by extrapolated central differences."""

    def along(k: int, h: float) -> float:
        step = h * np.eye(len(X))[k]
        return float(np.real(f(X + step) - f(X - step))) / (2.0 * h)

    return np.array([(4.0 * along(k, 5e-4) - along(k, 1e-3)) / 3.0 for k in range(len(X))])


def backward_of_tensors(f: Callable[[Any], Any]) -> Any:
    """The gradient that plain Tensors collect, without `sourcead`."""
    x = runtime.tensor(X, dtype=runtime.float64, requires_grad=True)
    result = f(x)
    if not isinstance(result, runtime.Tensor):
        raise TypeError("the result is no Tensor")
    result.backward()
    return np.zeros(len(X)) if x.grad is None else x.grad.numpy()


MODES: dict[str, Callable[[Any], Any]] = {
    "reverse": lambda f: sourcead.grad(f)(X.copy()),
    "forward": lambda f: [sourcead.tangent(f)(X.copy(), unit)[1] for unit in np.eye(len(X))],
    "dynamic": lambda f: sourcead.grad(f, dynamic="always")(X.copy()),
    "dynamic forward": lambda f: [runtime.jvp(f, (X.copy(),), (unit,))[1] for unit in np.eye(len(X))],
}
# What is written to a file, and read from one, is no part of the program.
THROUGH_FILES = {"through_an_array_file"}
# As in PyTorch the text of a Tensor is plain text where no function is traced.
TEXTS = {
    "array_to_string",
    "branch_by_text",
    "carried_by_the_text_of_an_exception",
    "formatted",
    "formatted_by_function",
    "formatted_by_method",
    "formatted_plainly",
    "text_searched",
}


def test_the_ways_are_many_and_have_names_of_their_own():
    names = [f.__name__ for f in ways.WAYS]
    assert len(set(names)) == len(names) >= 200


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("f", ways.WAYS, ids=lambda f: f.__name__)
def test_it_is_right_or_refused(f, mode):
    try:
        with warnings.catch_warnings():
            # A coroutine that is refused is never awaited.
            warnings.simplefilter("ignore")
            found = MODES[mode](f)
    except sourcead.SourceADError as error:
        assert error.fact and error.cure
        return
    if f.__name__ in THROUGH_FILES:
        assert np.array_equal(found, [1.0, 0.0, 0.0, 0.0])
        return
    # Some of the programs store float32.
    np.testing.assert_allclose(np.real(found), differences(f), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("f", [f for f in ways.WAYS if f.__name__ not in TEXTS], ids=lambda f: f.__name__)
def test_tensors_are_right_or_loud(f):
    try:
        with warnings.catch_warnings():
            # Converting a Tensor that requires grad into a number warns, as in PyTorch.
            warnings.simplefilter("error")
            found = backward_of_tensors(f)
    except Exception:  # noqa: BLE001 (functions of other libraries refuse Tensors in ways of their own)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_allclose(found, differences(f), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("f", [f for f in ways.WAYS if f.__name__ in TEXTS], ids=lambda f: f.__name__)
def test_in_a_traced_function_the_text_of_a_tensor_is_no_way_out(f):
    x = runtime.tensor(X, dtype=runtime.float64, requires_grad=True)
    try:
        value, pullback = runtime.vjp(f, x)
    except (sourcead.SourceADError, TypeError, ValueError):
        return
    (found,) = pullback(1.0)
    np.testing.assert_allclose(found.detach().numpy(), differences(f), rtol=1e-3, atol=1e-3)
