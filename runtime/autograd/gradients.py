"""`grad` and `backward` on Tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runtime.errors import SourceADError
from runtime.graph import backpropagate
from runtime.operation import edge_of
from runtime.tensor import Tensor, seed_for


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """Gradients of the outputs with respect to the inputs, as Tensors; nothing is added to `grad` of any leaf.

    With `create_graph` the gradients can be differentiated again. An input that no output depends on is an error
    unless `allow_unused`, and then its gradient is None.
    """
    tops = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    wanted = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    given = grad_outputs if isinstance(grad_outputs, (list, tuple)) else [grad_outputs] * len(tops)
    seeds = []
    for top, cotangent in zip(tops, given, strict=True):
        edge = edge_of(top)
        if edge is None:
            raise SourceADError(
                "an output does not require grad and was not computed from a Tensor that does",
                "Set requires_grad on an input before the computation.",
            )
        seeds.append((edge, seed_for(top, cotangent, create_graph)))
    targets = []
    for tensor in wanted:
        edge = edge_of(tensor)
        if edge is None:
            raise SourceADError("an input does not require grad", "Set requires_grad on it before the computation.")
        targets.append(edge)
    keep = create_graph if retain_graph is None else retain_graph
    found, _ = backpropagate(seeds, targets, create_graph, keep)
    if not allow_unused and any(g is None for g in found):
        raise SourceADError(
            "an input was not used in the computation of the outputs",
            "Leave it out, or pass allow_unused=True to get None for it.",
        )
    return tuple([g if g is None or isinstance(g, Tensor) else Tensor.wrap(g.copy()) for g in found])


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
) -> None:
    """Add the gradient of the sum of the tensors to `grad` of every leaf that they were computed from."""
    tops = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    given = grad_tensors if isinstance(grad_tensors, (list, tuple)) else [grad_tensors] * len(tops)
    keep = create_graph if retain_graph is None else retain_graph
    for k, (top, cotangent) in enumerate(zip(tops, given, strict=True)):
        top.backward(cotangent, keep or k < len(tops) - 1, create_graph)
