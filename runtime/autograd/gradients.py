"""`grad` and `backward` on Tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from runtime.errors import CotangentMismatch, SourceADError
from runtime.hooks import shown
from runtime.seeds import node_for, pull_back, seeds_for
from runtime.tensor import Tensor
from runtime.variable import Variable
from runtime.walk import backpropagate


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Gradients of the outputs with respect to the inputs, as Tensors; nothing is added to `grad` of any leaf.

    With `create_graph` the gradients can be differentiated again. An input that no output depends on is an error
    unless `allow_unused`, and then its gradient is None, or zeros with `materialize_grads`.
    """
    tops = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    wanted = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if not wanted:
        raise SourceADError("grad was given an empty list of inputs", "Name the Tensors to differentiate by.")
    if is_grads_batched:
        raise SourceADError(
            "is_grads_batched is not supported",
            "Call grad once for each gradient, or use autograd.functional.jacobian.",
        )
    if allow_unused is None:
        allow_unused = materialize_grads
    seeds = seeds_for(tops, _one_each(grad_outputs, tops), create_graph)
    targets = [node_for(tensor, "the gradient with respect to an input") for tensor in wanted]
    keep = create_graph if retain_graph is None else retain_graph
    found = backpropagate(seeds, targets, create_graph, keep)
    if not allow_unused and any(g is None for g in found):
        raise SourceADError(
            "an input was not used in the computation of the outputs",
            "Leave it out, or pass allow_unused=True to get None for it.",
        )
    results = [None if g is None else shown(g if isinstance(g, Variable) else np.array(g)) for g in found]
    if materialize_grads:
        results = [Tensor.wrap(np.zeros_like(x._data)) if g is None else g for g, x in zip(results, wanted)]
    return tuple(results)


def _one_each(gradients: Any, outputs: Sequence[Tensor]) -> list[Any]:
    """One cotangent, or None, for each output."""
    if gradients is None:
        return [None] * len(outputs)
    given = list(gradients) if isinstance(gradients, (list, tuple)) else [gradients]
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
    tops = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    pull_back(tops, _one_each(grad_tensors, tops), retain_graph, create_graph, inputs)
