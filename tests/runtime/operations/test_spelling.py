"""Functions read in another's place give the same numbers, for arrays and for Tensors."""

import inspect

import numpy as np
import pytest

import runtime
import runtime.nn.functional as F
from runtime.operations import spelling
from runtime.operations.spelling import spelled, spelled_method
from runtime.operations.spells import FORMS

X = np.array([[0.3, 0.7, 0.2], [0.9, 0.4, 0.6]])
V = np.array([0.3, 0.7, 0.2])

# Arguments where a matrix, or a matrix for each parameter, will not do.
SAMPLES = {
    "acosh": [(X + 1.0,)],
    "arccosh": [(X + 1.0,)],
    "dot": [(V, V)],
    "einsum": [("ij,kj->ik", X, X)],
    "trace": [(X,)],
    "reshape": [(X, (3, 2))],
    "transpose": [(X, 0, 1)],
    "swapaxes": [(X, 0, 1)],
    "swapdims": [(X, 0, 1)],
    "inner": [(X, X)],
    "kron": [(X, X)],
    "outer": [(V, V)],
    "matmul": [(X, X.T)],
    "mm": [(X, X.T)],
    "bmm": [(X[None], X.T[None])],
    "mv": [(X, V)],
    "pow": [(X, 2.0), (X, X), (2.0, X)],
    "sum": [(X,), (X, 0), (X, 1, True), (X, (0, 1))],
    "mean": [(X,), (X, 0), (X, 1, True)],
    "prod": [(X,), (X, 0)],
    "amax": [(X, 0), (X, 1, True)],
    "amin": [(X, 0)],
    "max": [(X,)],
    "min": [(X,)],
    "logsumexp": [(X, 1)],
    "softmax": [(X, 1)],
    "log_softmax": [(X, 0)],
    "cumsum": [(X, 1)],
    "where": [(X > 0.5, X, 2.0 * X)],
    "cat": [([X, X],), ([X, X], 1)],
    "concat": [([X, X], 1)],
    "concatenate": [([X, X], 1)],
    "stack": [([X, X],), ([X, X], 1)],
    "unsqueeze": [(X, 1)],
    "view": [(X, -1), (X, 3, 2)],
    "movedim": [(X, 0, 1)],
    "moveaxis": [(X, 0, 1)],
    "size": [(X,), (X, 1)],
    "permute": [(X, (1, 0))],
    "flatten": [(X,), (np.ones((2, 3, 4)), 1), (np.ones((2, 3, 4, 2)), 1, 2), (np.ones((2, 3, 4)), 0, -2)],
    "flip": [(X, (0,))],
    "linear": [(X, X), (X, X, np.ones(2))],
    "mse_loss": [(X, 2.0 * X)],
}
# These take an axis by its name only: see tests/sourcead/test_methods_of_tensors.py.
NAMES = sorted({*spelling._SAME, *FORMS} - {"std", "var"})


def original(name):
    return getattr(runtime, name, None) or getattr(F, name, None) or getattr(runtime.Tensor, name)


def samples(name):
    two = name in ("atan2", "arctan2", "logaddexp", "maximum", "minimum", "add", "sub", "subtract", "mul", "multiply",
                   "div", "divide", "true_divide", "l1_loss")  # fmt: skip
    return SAMPLES.get(name) or [(X, X.T.reshape(2, 3)) if two else (X,)]


def as_tensor(value):
    if isinstance(value, list):
        return [as_tensor(part) for part in value]
    return runtime.tensor(value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("name", NAMES)
def test_gives_what_the_function_gives(name):
    for args in samples(name):
        form = spelled(original(name), len(args), []) or spelled_method(name, len(args) - 1, [])
        assert form is not None
        wanted = original(name)(*map(as_tensor, args))
        found = form(*args)
        wanted = np.asarray(wanted)
        assert np.shape(found) == wanted.shape and np.asarray(found).dtype == wanted.dtype
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
        np.testing.assert_allclose(np.asarray(form(*map(as_tensor, args))), wanted, rtol=1e-12)


def test_arguments_that_are_not_spelled_are_left_alone():
    assert spelled(runtime.sum, 1, ["dtype"]) is None
    assert spelled(runtime.add, 2, ["alpha"]) is None
    assert spelled(runtime.softmax, 1, []) is None
    assert spelled(np.sin, 1, []) is None and spelled(len, 1, []) is None and spelled(None, 0, []) is None
    assert spelled(runtime.sum, 1, ["dim", "keepdim"]) is spelled(runtime.sum, 3, [])


def test_parameters_have_the_names_of_the_functions_own():
    for name, forms in FORMS.items():
        parameters = inspect.signature(original(name)).parameters
        if any(p.kind is p.VAR_POSITIONAL for p in parameters.values()):
            continue
        # A method's first parameter is not named in a call.
        own = ["input" if p == "self" else p for p in parameters]
        for form in forms:
            asked = inspect.signature(form).parameters.values()
            placed = [p.name for p in asked if p.kind is p.POSITIONAL_OR_KEYWORD]
            assert placed == own[: len(placed)] and {p.name for p in asked} <= {*own}, name
