"""Derivatives of functions of Tensors: Jacobians, Hessians and their products with vectors, with PyTorch's calls.

`func` takes and returns one Tensor or a tuple of them; `inputs` is one Tensor or a tuple, and results have the same
form. The function sees Tensors of its own, so that what it captures from outside counts as constant. With
`create_graph` the results can be differentiated again; otherwise they are constants. With `strict` an output that
does not depend on an input is an error instead of zeros.

A product with the Jacobian is the gradient, by the cotangent, of the product with its transpose, which is linear in it
(J. Townsend, "A new trick for calculating Jacobian vector products", 2017): no rule for forward mode is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from runtime.autograd.gradients import grad
from runtime.errors import CotangentMismatch, NotDifferentiable, NotScalar, SourceADError
from runtime.modes import enable_grad
from runtime.tensor import Tensor

Tensors = tuple[Tensor, ...]
_STRATEGIES = ("reverse-mode", "forward-mode")


class IndependentInput(SourceADError, RuntimeError):
    """With `strict`, an output or its derivative does not depend on one of the inputs."""


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of `func(*inputs)`, and the product of `v` with its Jacobian.

    `v` has the form and shapes of the value; it may be left out where that is one number. Raises CotangentMismatch
    and NotScalar for a `v` that does not fit, IndependentInput with `strict`.
    """
    given, is_tuple = _as_tuple(inputs, "the inputs of vjp")
    with enable_grad():
        own = _own(given, create_graph)
        outputs, out_is_tuple = _call(func, own)
        cotangents = _vector(v, outputs, "the value")
        found = _pulled(outputs, own, cotangents, create_graph)
        products = _filled(found, own, strict, create_graph)
    return _handed(outputs, out_is_tuple, create_graph), _handed(products, is_tuple, create_graph)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of `func(*inputs)`, and the product of its Jacobian with `v`.

    `v` has the form and shapes of the inputs; it may be left out where there is one input of one number. Raises as
    `vjp` does.
    """
    given, is_tuple = _as_tuple(inputs, "the inputs of jvp")
    with enable_grad():
        own = _own(given, create_graph)
        tangents = _vector(v, own, "the input")
        outputs, out_is_tuple = _call(func, own)
        pull = _Transposed(outputs, own)
        if strict:
            _filled(pull.pulled, own, strict, False)
        products = _filled(pull.times(tangents, create_graph), outputs, False, create_graph)
        if strict and create_graph:
            _must_depend(products, "the derivative of")
    return _handed(outputs, out_is_tuple, create_graph), _handed(products, out_is_tuple, create_graph)


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of the scalar `func(*inputs)`, and the product of `v` with its Hessian.

    `v` has the form and shapes of the inputs; it may be left out where there is one input of one number. Raises as
    `vjp` does, and NotScalar where the value is not one number.
    """
    given, is_tuple = _as_tuple(inputs, "the inputs of vhp")
    with enable_grad():
        own = _own(given, create_graph)
        vector = _vector(v, own, "the input")
        outputs, _ = _call(func, own)
        output = _scalar(outputs)
        first = _filled(_pulled((output,), own, None, True), own, strict, True)
        products = _filled(_pulled(first, own, vector, create_graph), own, strict, create_graph)
    return _handed((output,), False, create_graph), _handed(products, is_tuple, create_graph)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of the scalar `func(*inputs)`, and the product of its Hessian with `v`.

    It is `vhp`, because a Hessian is symmetric. Arguments and errors are the same.
    """
    return vhp(func, inputs, v, create_graph, strict)


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of `func` at `inputs`, of shape `output.shape + input.shape`.

    For tuples of inputs it is a tuple over these; for tuples of outputs a tuple over those of what it would be for
    each. One backward pass is made for each element of the outputs, or with the strategy "forward-mode" one pass
    for each element of the inputs. `vectorize` changes nothing in the result.
    """
    if strategy not in _STRATEGIES:
        raise ValueError(f"strategy is one of {', '.join(_STRATEGIES)}, not {strategy!r}")
    if strict and (vectorize or strategy == "forward-mode"):
        raise ValueError("strict=True goes neither with vectorize=True nor with forward mode; leave one of them out")
    given, is_tuple = _as_tuple(inputs, "the inputs of jacobian")
    with enable_grad():
        own = _own(given, create_graph)
        outputs, out_is_tuple = _call(func, own)
        make = _by_rows if strategy == "reverse-mode" else _by_columns
        rows = make(outputs, own, create_graph, strict)
    blocks = [_handed(row, is_tuple, create_graph) for row in rows]
    return tuple(blocks) if out_is_tuple else blocks[0]


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of the scalar `func` at `inputs`, of shape `input.shape + input.shape`.

    For a tuple of inputs it is a tuple of tuples: entry `[i][j]` differentiates by input i, then by input j.
    """
    given, is_tuple = _as_tuple(inputs, "the inputs of hessian")

    def gradient(*own: Tensor) -> Tensors:
        output = _scalar(_call(func, own)[0])
        return _filled(_pulled((output,), own, None, True), own, strict, True)

    found = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if is_tuple else found[0][0]


class _Transposed:
    """The product of a cotangent with the Jacobian, kept as a graph in which it can be differentiated by it."""

    def __init__(self, outputs: Tensors, inputs: Tensors) -> None:
        self.cotangents = tuple([Tensor.wrap(np.zeros_like(z._data)).requires_grad_() for z in outputs])
        self.pulled = _pulled(outputs, inputs, self.cotangents, True)

    def times(self, tangents: Tensors, create_graph: bool) -> list[Tensor | None]:
        """The product of the Jacobian with `tangents`; None where it is zero for all."""
        pairs = [(g, dot) for g, dot in zip(self.pulled, tangents) if g is not None]
        return _pulled(tuple([g for g, _ in pairs]), self.cotangents, tuple([dot for _, dot in pairs]), create_graph)


def _by_rows(outputs: Tensors, inputs: Tensors, create_graph: bool, strict: bool) -> list[Tensors]:
    """For each output its Jacobian by each input, one backward pass an element."""
    found = []
    for number, z in enumerate(outputs):
        rows = []
        for k in range(z._data.size):
            seed = np.zeros_like(z._data)
            seed.reshape(-1)[k] = 1.0
            pulled = _pulled((z,), inputs, (Tensor.wrap(seed),), create_graph)
            rows.append(_filled(pulled, inputs, strict, create_graph, number))
        found.append(tuple([_stacked([row[i] for row in rows], z, x) for i, x in enumerate(inputs)]))
    return found


def _by_columns(outputs: Tensors, inputs: Tensors, create_graph: bool, strict: bool) -> list[Tensors]:
    """For each output its Jacobian by each input, one product an element of the inputs."""
    pull = _Transposed(outputs, inputs)
    found: list[list[Tensor]] = [[] for _ in outputs]
    for i, x in enumerate(inputs):
        columns = []
        for k in range(x._data.size):
            tangents = [np.zeros_like(other._data) for other in inputs]
            tangents[i].reshape(-1)[k] = 1.0
            products = pull.times(tuple(map(Tensor.wrap, tangents)), create_graph)
            columns.append(_filled(products, outputs, strict, create_graph))
        for number, z in enumerate(outputs):
            block = _stacked([column[number] for column in columns], x, z)
            axes = (*range(x._data.ndim, block.ndim), *range(x._data.ndim))
            found[number].append(np.transpose(block, axes))  # type: ignore[arg-type]
    return [tuple(blocks) for blocks in found]


def _stacked(parts: list[Tensor], by: Tensor, like: Tensor) -> Tensor:
    """Blocks, one for each element of `by` and of the shape of `like`, as one Tensor."""
    shape = (*by._data.shape, *like._data.shape)
    if not parts:
        return Tensor.wrap(np.zeros(shape, like._data.dtype))
    return np.reshape(np.stack(parts), shape)  # type: ignore[call-overload, return-value]


def _as_tuple(value: Any, what: str) -> tuple[Tensors, bool]:
    """Tensors as a tuple, and whether they were given as one. Raises NotDifferentiable for anything else."""
    parts = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for part in parts:
        if not isinstance(part, Tensor):
            raise NotDifferentiable(
                f"{what} must be a Tensor or a tuple of Tensors, and a {type(part).__name__} is among them",
                "Make it a Tensor, or bind it to the function as a constant.",
            )
    return parts, isinstance(value, (tuple, list))


def _own(inputs: Tensors, create_graph: bool) -> Tensors:
    """The inputs as Tensors of their own: part of the graph around only where that is asked for."""
    return tuple([x.clone() if create_graph and x.requires_grad else x.detach().requires_grad_() for x in inputs])


def _call(func: Callable[..., Any], inputs: Tensors) -> tuple[Tensors, bool]:
    return _as_tuple(func(*inputs), "what the function returns")


def _scalar(outputs: Tensors) -> Tensor:
    if len(outputs) != 1 or outputs[0]._data.size != 1:
        shapes = ", ".join(str(z._data.shape) for z in outputs)
        raise NotScalar(
            f"a Hessian is that of a function with one number as its value, this one's value has shape {shapes}",
            "Sum the value up, or take the jacobian of the function's gradient.",
        )
    return outputs[0]


def _vector(v: Any, like: Tensors, what: str) -> Tensors:
    """`v` as constants, checked against what it belongs to; one where it is left out."""
    if v is None:
        if len(like) != 1 or like[0]._data.size != 1:
            raise NotScalar(f"v may be left out only where {what} is one number", f"Give v in the shape of {what}.")
        return (Tensor.wrap(np.ones_like(like[0]._data)),)
    given, _ = _as_tuple(v, "v")
    shapes, wanted = [part._data.shape for part in given], [part._data.shape for part in like]
    if shapes != wanted:
        raise CotangentMismatch(
            f"v has shapes {shapes}, but {what} that it belongs to has shapes {wanted}",
            "Give v the same number of Tensors, of the same shapes.",
        )
    return given


def _pulled(
    outputs: Tensors, inputs: Tensors, cotangents: Sequence[Tensor] | None, create_graph: bool
) -> list[Tensor | None]:
    """Cotangents of the inputs; None where no output depends on one. The graph is kept."""
    used = [k for k, z in enumerate(outputs) if z.requires_grad]
    if not used:
        return [None] * len(inputs)
    tops = [outputs[k] for k in used]
    seeds = None if cotangents is None else [cotangents[k] for k in used]
    return list(grad(tops, inputs, seeds, retain_graph=True, create_graph=create_graph, allow_unused=True))


def _filled(
    found: Sequence[Tensor | None], like: Tensors, strict: bool, create_graph: bool, output: int | None = None
) -> Tensors:
    """Zeros where nothing was found. Raises IndependentInput there with `strict`."""
    if strict:
        for k, g in enumerate(found):
            if g is None:
                raise _independent("the value" if output is None else f"output {output}", k)
        if create_graph:
            _must_depend(found, "the derivative by")
    return tuple([Tensor.wrap(np.zeros_like(x._data)) if g is None else g for g, x in zip(found, like, strict=True)])


def _must_depend(found: Sequence[Tensor | None], what: str) -> None:
    """With `strict` and `create_graph` also the derivatives must depend on the inputs."""
    for k, g in enumerate(found):
        if g is None or not g.requires_grad:
            raise IndependentInput(
                f"{what} number {k} does not depend on the inputs, so it has no derivative of its own",
                "Leave strict=True out to get zeros.",
            )


def _independent(what: str, k: int) -> IndependentInput:
    return IndependentInput(f"{what} does not depend on input {k}", "Leave strict=True out to get zeros.")


def _handed(values: Tensors, is_tuple: bool, create_graph: bool) -> Any:
    """Results in the form that they are wanted in; constants unless `create_graph`."""
    kept = values if create_graph else tuple([value.detach() for value in values])
    return kept if is_tuple else kept[0]
