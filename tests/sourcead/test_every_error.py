"""One program for each class of errors that users meet: it names this file, says what is wrong and what to do."""

from pathlib import Path

import numpy as np
import pytest

import runtime
import runtime as torch
import sourcead
from runtime import nn
from runtime.autograd import functional, gradcheck
from runtime.utils.checkpoint import checkpoint
from sourcead import errors

X = np.array([0.3, -0.7, 1.1])


def leaf(*numbers):
    return runtime.tensor(list(numbers), requires_grad=True)


def integers(x):
    kept = np.zeros(3, dtype=int)
    kept[0] = x[0]
    return np.sum(kept * x)


def shared(x):
    a = [2.0 * x]
    b = a[0]
    a[0] *= x
    return np.sum(a[0] * b)


def grows(f, x):
    return grows(lambda v: f(v) * 2.0, x)


def no_rule(x):
    return np.sum(np.real(np.roots(x)))


def coroutine(x):
    async def inner():
        return x

    return inner


async def awaited(x):
    return np.sum(x)


def tried(x):
    try:
        return np.sum(x)
    except ValueError:
        return x[0]


def infinite():
    with np.errstate(all="ignore"), sourcead.detect_anomaly():
        sourcead.grad(lambda x: np.sqrt(np.sum(x * x)))(np.zeros(2))


def wrong_slope():
    sourcead.check_grads(lambda x: np.sum(np.round(x, 3)) + x[0], (np.array([0.0005, 0.7]),))


def not_found():
    sourcead.grad(len)


def anomaly():
    with np.errstate(all="ignore"), runtime.autograd.detect_anomaly():
        x = leaf(0.0)
        (runtime.sqrt(x) * 0.0).sum().backward()


def other_run():
    runs = []

    def part(x):
        runs.append(1)
        return runtime.sin(x) if len(runs) == 1 else x * 1.0

    checkpoint(part, leaf(1.0), use_reentrant=False).backward()


class Late(nn.Module):
    def __init__(self):
        self.weight = nn.Parameter(torch.ones(1))


class Wrong(runtime.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2.0

    @staticmethod
    def backward(ctx, g):
        return g


def jacobian_of_a_constant():
    functional.jacobian(lambda a, b: a * a, (leaf(1.0), leaf(2.0)), strict=True)


PROGRAMS = {
    "NotScalar": lambda: sourcead.grad(lambda x: 2.0 * x)(X),
    "CotangentMismatch": lambda: sourcead.adjoint(lambda x: x * x)(X, np.ones(2)),
    "NotDifferentiable": lambda: sourcead.grad(lambda x: 2.0 * x)(3),
    "DerivativeLost": lambda: sourcead.grad(integers)(X),
    "_BufferLost": lambda: sourcead.grad(lambda x: np.sum(x.__array_interface__["shape"][0] * x), dynamic="always")(X),
    "SharedArray": lambda: sourcead.grad(shared)(X),
    "NoSource": not_found,
    "NoRule": lambda: sourcead.grad(no_rule)(X),
    "UnknownArgument": lambda: sourcead.grad(integers, "y"),
    "Unsupported": lambda: sourcead.grad(tried, dynamic="never"),
    "Refused": lambda: sourcead.grad(awaited),
    "EndlessRecursion": lambda: sourcead.grad(lambda x: grows(lambda v: v, x), dynamic="never"),
    "DerivativeMismatch": wrong_slope,
    "NotFinite": infinite,
    "ShapeMismatch": lambda: runtime.ones(2, 3) @ runtime.ones(2, 3),
    "SingularMatrix": lambda: runtime.linalg.inv(runtime.zeros(2, 2)),
    "StateMismatch": lambda: nn.Linear(2, 3).load_state_dict({}),
    "NotBegun": Late,
    "GradcheckError": lambda: gradcheck(Wrong.apply, [leaf(0.5).double().detach().requires_grad_()]),
    "IndependentInput": jacobian_of_a_constant,
    "CheckpointMismatch": other_run,
    "AnomalyDetected": anomaly,
}


def test_every_error_of_the_compiler_has_a_program():
    kinds = {name for name in errors.__all__ if isinstance(getattr(errors, name), type)}
    kinds = {name for name in kinds if issubclass(getattr(errors, name), sourcead.SourceADError)}
    assert kinds - {"SourceADError", "NoEmittedForm"} <= set(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_place_fact_and_cure(name):
    with pytest.raises(sourcead.SourceADError) as caught:
        PROGRAMS[name]()
    error = caught.value
    assert name in [kind.__name__ for kind in type(error).__mro__]
    assert error.fact and error.cure
    assert error.origin is not None and error.origin.file == __file__
    line = Path(__file__).read_text().splitlines()[error.origin.line - 1]
    assert error.origin.text.splitlines()[0] in line
    assert str(error).startswith(f"{__file__}:{error.origin.line}:")
