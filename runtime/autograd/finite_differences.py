"""`gradcheck` and `gradgradcheck`: derivatives of the graph against finite differences.

Complex inputs and outputs are taken apart into real and imaginary parts; in PyTorch's convention the gradient of a
real loss has the derivative along the real axis as its real part and that along the imaginary axis as its imaginary
part, so both sides are real matrices.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from runtime.autograd.gradients import grad
from runtime.errors import SourceADError
from runtime.modes import no_grad
from runtime.tensor import Tensor


class GradcheckError(SourceADError):
    """A derivative differs from finite differences."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    fast_mode: bool = False,
) -> bool:
    """Whether the gradients of `func(*inputs)` agree with central differences of step `eps`.

    Inputs that require gradients are checked, and should be of double precision. Raises GradcheckError at the first
    difference, or returns False where `raise_exception` is false. `check_undefined_grad` also checks that outputs
    that nothing was asked of are treated as zeros. With `fast_mode` one random direction is checked instead of all.
    """
    given = inputs if isinstance(inputs, (list, tuple)) else (inputs,)
    try:
        _check(func, tuple(given), eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, fast_mode)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    fast_mode: bool = False,
) -> bool:
    """As `gradcheck`, for the gradients of the gradients, with respect to the inputs and to `grad_outputs`.

    Random `grad_outputs` are taken where none are given.
    """
    given = tuple(inputs) if isinstance(inputs, (list, tuple)) else (inputs,)
    outputs = _differentiable(func(*given))
    if grad_outputs is None:
        random = np.random.default_rng(0)
        seeds = [Tensor(_random(random, y._data), requires_grad=True) for y in outputs]
    else:
        seeds = list(grad_outputs) if isinstance(grad_outputs, (list, tuple)) else [grad_outputs]
    count = len(given)

    def gradients(*both: Any) -> Any:
        own, cotangents = both[:count], both[count:]
        active = [x for x in own if isinstance(x, Tensor) and x.requires_grad]
        found = grad(_differentiable(func(*own)), active, cotangents, create_graph=True, allow_unused=True)
        return tuple([g for g in found if g is not None and g.requires_grad])

    return gradcheck(
        gradients,
        (*given, *seeds),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        fast_mode=fast_mode,
    )


def _check(
    func: Callable[..., Any],
    inputs: tuple[Any, ...],
    eps: float,
    atol: float,
    rtol: float,
    nondet_tol: float,
    check_undefined_grad: bool,
    check_grad_dtypes: bool,
    fast_mode: bool,
) -> None:
    active = [k for k, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    if not active:
        raise ValueError("gradcheck expects at least one input that requires a gradient, and none of these does")
    for k in active:
        if inputs[k]._data.dtype.name not in ("float64", "complex128"):
            warnings.warn(
                f"input {k} of gradcheck is {inputs[k]._data.dtype.name}; in less than double precision finite"
                " differences are too rough for the tolerances",
                stacklevel=3,
            )
        if 0 in inputs[k]._data.strides and inputs[k]._data.size > 1:
            raise SourceADError(
                f"input {k} of gradcheck has elements that share memory, which differences cannot tell apart",
                "Give it a clone().",
            )
    outputs = _differentiable(func(*inputs))
    if not outputs:
        _check_constant(func, inputs, active, eps, atol)
        return
    if fast_mode:
        _check_one_direction(func, inputs, active, outputs, eps, atol, rtol)
    else:
        _check_all(func, inputs, active, outputs, (eps, atol, rtol), nondet_tol, check_grad_dtypes)
    if check_undefined_grad and len(outputs) > 1:
        _check_undefined(func, inputs, active)


def _check_all(
    func: Callable[..., Any],
    inputs: tuple[Any, ...],
    active: list[int],
    outputs: list[Tensor],
    tolerances: tuple[float, float, float],
    nondet_tol: float,
    check_grad_dtypes: bool,
) -> None:
    eps, atol, rtol = tolerances
    for place, k in enumerate(active):
        numeric = _numeric_jacobians(func, inputs, k, eps)
        for number in range(len(outputs)):
            analytic = _analytic_jacobian(func, inputs, active, number, place, check_grad_dtypes)
            again = _analytic_jacobian(func, inputs, active, number, place, False)
            if not np.allclose(analytic, again, rtol=0.0, atol=nondet_tol, equal_nan=True):
                raise GradcheckError(
                    f"the gradient of output {number} with respect to input {k} is another one the second time",
                    "A backward must give the same each time it is run on the same values.",
                )
            if not np.allclose(analytic, numeric[number], rtol=rtol, atol=atol):
                raise GradcheckError(
                    f"Jacobian mismatch for output {number} with respect to input {k},\nnumerical:\n"
                    f"{numeric[number]}\nanalytical:\n{analytic}",
                    "Look at the backward of the operations between them.",
                )


def _differentiable(output: Any) -> list[Tensor]:
    """The outputs that require gradients."""
    given = output if isinstance(output, (list, tuple)) else (output,)
    return [y for y in given if isinstance(y, Tensor) and y.requires_grad]


def _parts(array: np.ndarray) -> np.ndarray:
    """The elements in one row, complex ones as two."""
    flat = np.ascontiguousarray(array).reshape(-1)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def _values(func: Callable[..., Any], inputs: tuple[Any, ...]) -> list[np.ndarray]:
    """The differentiable outputs as rows of numbers, at the inputs as they are now."""
    return [_parts(y.detach()._data).copy() for y in _differentiable(func(*inputs))]


def _numeric_jacobians(func: Callable[..., Any], inputs: tuple[Any, ...], k: int, eps: float) -> list[np.ndarray]:
    """Central differences of each output by input `k`, one column a real number of the input."""
    start = inputs[k].detach()._data.copy()
    columns: list[list[np.ndarray]] = []
    for place in range(_parts(start).size):
        sides = []
        for sign in (1.0, -1.0):
            moved = start.copy(order="C")
            _parts_of(moved)[place] += sign * eps
            point = Tensor(moved, requires_grad=True)
            sides.append(_values(func, (*inputs[:k], point, *inputs[k + 1 :])))
        columns.append([(up - down) / (2.0 * eps) for up, down in zip(*sides, strict=True)])
    if not columns:
        return [np.zeros((y.size, 0)) for y in _values(func, inputs)]
    return [np.stack(column, axis=1) for column in zip(*columns, strict=True)]


def _parts_of(array: np.ndarray) -> np.ndarray:
    """A view of a fresh array's elements in one row, complex ones as two."""
    flat = array.reshape(-1)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def _analytic_jacobian(
    func: Callable[..., Any],
    inputs: tuple[Any, ...],
    active: Sequence[int],
    number: int,
    place: int,
    check_dtypes: bool,
) -> np.ndarray:
    """The same matrix from the graph, one row a real number of the output."""
    output = _differentiable(func(*inputs))[number]
    x = inputs[active[place]]
    rows = []
    for k in range(_parts(output.detach()._data).size):
        seed = np.zeros(output._data.shape, output._data.dtype)
        _parts_of(seed)[k] = 1.0
        (g,) = grad(output, x, Tensor(seed), retain_graph=True, allow_unused=True)
        if g is not None and g._data.shape != x._data.shape:
            raise GradcheckError(
                f"a gradient has shape {g._data.shape}, its input {x._data.shape}",
                "Let the backward function give a gradient of the shape of its input.",
            )
        if check_dtypes and g is not None and g._data.dtype != x._data.dtype:
            raise GradcheckError(
                f"a gradient is of {g._data.dtype}, its input of {x._data.dtype}",
                "Let the backward function give a gradient of the dtype of its input.",
            )
        rows.append(_parts(np.zeros_like(x._data) if g is None else g.detach()._data))
    return np.stack(rows) if rows else np.zeros((0, _parts(x._data).size))


def _check_constant(
    func: Callable[..., Any], inputs: tuple[Any, ...], active: list[int], eps: float, atol: float
) -> None:
    """Outputs that require no gradient must not change with the inputs."""
    with no_grad():
        given = func(*inputs)
        plain = [y._data for y in (given if isinstance(given, (list, tuple)) else (given,)) if isinstance(y, Tensor)]
        for k in active:
            moved = Tensor(inputs[k]._data + eps)
            again = func(*inputs[:k], moved, *inputs[k + 1 :])
            others = [
                y._data for y in (again if isinstance(again, (list, tuple)) else (again,)) if isinstance(y, Tensor)
            ]
            for one, other in zip(plain, others):
                if one.dtype.kind in "fc" and not np.allclose((other - one) / eps, 0.0, atol=atol):
                    raise GradcheckError(
                        f"the output does not require a gradient, but changes with input {k}",
                        "Something on the way leaves the graph: detach, numpy, or a Function without backward.",
                    )


def _check_one_direction(
    func: Callable[..., Any],
    inputs: tuple[Any, ...],
    active: list[int],
    outputs: list[Tensor],
    eps: float,
    atol: float,
    rtol: float,
) -> None:
    """One random product from the left and the right: `u J v` both ways."""
    random = np.random.default_rng(0)
    for number, output in enumerate(outputs):
        u = _random(random, output._data)
        for k in active:
            x = inputs[k]
            v = _random(random, x._data)
            (g,) = grad(outputs[number], x, Tensor(u), retain_graph=True, allow_unused=True)
            analytic = 0.0 if g is None else float(_parts(g.detach()._data) @ _parts(v))
            sides = [
                _values(func, (*inputs[:k], Tensor(x._data + sign * eps * v, requires_grad=True), *inputs[k + 1 :]))
                for sign in (1.0, -1.0)
            ]
            numeric = float(_parts(u) @ (sides[0][number] - sides[1][number])) / (2.0 * eps)
            if not np.isclose(analytic, numeric, rtol=rtol, atol=atol * max(1.0, _parts(v).size)):
                raise GradcheckError(
                    f"Jacobian mismatch for output {number} with respect to input {k} in a random direction,\n"
                    f"numerical: {numeric}\nanalytical: {analytic}",
                    "Run without fast_mode to see the matrices.",
                )


def _random(random: np.random.Generator, like: np.ndarray) -> np.ndarray:
    drawn = random.normal(size=like.shape)
    both = drawn + 1j * random.normal(size=like.shape) if like.dtype.kind == "c" else drawn
    return np.asarray(both, like.dtype)


def _check_undefined(func: Callable[..., Any], inputs: tuple[Any, ...], active: list[int]) -> None:
    """Leaving outputs out must be the same as giving them zeros."""
    wanted = [inputs[k] for k in active]
    for number in range(len(_differentiable(func(*inputs)))):
        outputs = _differentiable(func(*inputs))
        ones = Tensor(np.ones_like(outputs[number]._data))
        alone = grad(outputs[number], wanted, ones, allow_unused=True)
        outputs = _differentiable(func(*inputs))
        seeds = [Tensor(np.full_like(y._data, float(k == number))) for k, y in enumerate(outputs)]
        together = grad(outputs, wanted, seeds, allow_unused=True)
        for k, one, other in zip(active, alone, together, strict=True):
            first, second = (0.0 if g is None else g._data for g in (one, other))
            if not np.allclose(first, second, equal_nan=True):
                raise GradcheckError(
                    f"the gradient of output {number} with respect to input {k} differs when other outputs get zeros",
                    "A backward must treat None, or zeros, as nothing.",
                )
