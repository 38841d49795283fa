"""`grad` and `backward` on Tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from runtime.errors import CotangentMismatch, SourceADError
from runtime.hooks import shown
from runtime.operation import apply
from runtime.seeds import GradientEdge, node_for, pull_back, seeds_for, tensors_of
from runtime.tensor import Tensor
from runtime.variable import Variable
from runtime.walk import backpropagate


def grad(
    outputs: Tensor | GradientEdge | Sequence[Tensor | GradientEdge],
    inputs: Tensor | GradientEdge | Sequence[Tensor | GradientEdge],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Gradients of the outputs with respect to the inputs, as Tensors; nothing is added to `grad` of any leaf.

    With `create_graph` the gradients can be differentiated again. An input that no output depends on is an error
    unless `allow_unused`, and then its gradient is None, or zeros with `materialize_grads`. With `is_grads_batched`
    the grad_outputs have a first axis more, and so have the gradients: there is one walk for each place of it.
    """
    tops = tensors_of(outputs)
    wanted = tensors_of(inputs)
    if not wanted:
        raise SourceADError("grad was given an empty list of inputs", "Name the Tensors to differentiate by.")
    if materialize_grads and allow_unused is False:
        raise ValueError("materialize_grads=True gives zeros for unused inputs, and allow_unused=False refuses them")
    if allow_unused is None:
        allow_unused = materialize_grads
    keep = create_graph if retain_graph is None else retain_graph
    gradients = _one_each(grad_outputs, tops)
    if is_grads_batched:
        return _batched(tops, wanted, gradients, keep, create_graph, allow_unused, materialize_grads)
    seeds = seeds_for(tops, gradients, create_graph)
    targets = [node_for(tensor, "the gradient with respect to an input") for tensor in wanted]
    found = backpropagate(seeds, targets, create_graph, keep)
    if not allow_unused and any(g is None for g in found):
        raise SourceADError(
            "an input was not used in the computation of the outputs",
            "Leave it out, or pass allow_unused=True to get None for it.",
        )
    results = [None if g is None else shown(g if isinstance(g, Variable) else np.array(g)) for g in found]
    if materialize_grads:
        results = [
            Tensor.wrap(np.zeros_like(x._data)).requires_grad_(create_graph) if g is None else g
            for g, x in zip(results, wanted)
        ]
    return tuple(results)


def _batched(
    tops: Sequence[Any],
    wanted: Sequence[Any],
    gradients: Sequence[Any],
    keep: bool,
    create_graph: bool,
    allow_unused: bool,
    materialize_grads: bool,
) -> tuple[Tensor | None, ...]:
    """One walk for each place of the first axis of the gradients; the results stacked along a first axis."""
    counts = {np.shape(g._data if isinstance(g, Variable) else g)[:1] for g in gradients if g is not None}
    if len(counts) != 1 or () in counts:
        raise CotangentMismatch(
            "with is_grads_batched all cotangents must have a first axis, of one length", "Stack the cotangents first."
        )
    ((count,),) = counts
    rows = [
        grad(
            tops,
            wanted,
            [None if g is None else g[k] for g in gradients],
            retain_graph=keep or k < count - 1,
            create_graph=create_graph,
            allow_unused=allow_unused,
            materialize_grads=materialize_grads,
        )
        for k in range(count)
    ]
    if not rows:
        return tuple([Tensor.wrap(np.zeros((0, *x._data.shape), x._data.dtype)) for x in wanted])
    return tuple([None if parts[0] is None else apply(np.stack, (list(parts),)) for parts in zip(*rows)])


def _one_each(gradients: Any, outputs: Sequence[Tensor]) -> list[Any]:
    """One cotangent, or None, for each output."""
    if gradients is None:
        return [None] * len(outputs)
    given = list(gradients) if isinstance(gradients, (list, tuple)) else [gradients]
    for g in given:
        if g is not None and not isinstance(g, (Variable, np.ndarray)):
            raise TypeError(f"a cotangent must be a Tensor, an array or None, not {type(g).__name__}")
    if len(given) != len(outputs):
        raise CotangentMismatch(
            f"{len(given)} cotangents were given for {len(outputs)} outputs", "Give one for each, or None."
        )
    return given


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradient of the sum of the tensors to `grad` of every leaf that they were computed from."""
    tops = tensors_of(tensors)
    pull_back(tops, _one_each(grad_tensors, tops), retain_graph, create_graph, inputs)
