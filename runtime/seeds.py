"""Where a walk begins, and with which cotangents; `backward` and `grad` both start here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from runtime.errors import CotangentMismatch, NotScalar, SourceADError
from runtime.graph import AccumulateGrad, Meta, Node, fit
from runtime.hooks import taken
from runtime.keeping import blank
from runtime.modes import enable_grad, no_grad
from runtime.operation import node_of
from runtime.variable import Variable
from runtime.walk import backpropagate


class GradientEdge(NamedTuple):
    """Where the gradient of a Tensor goes: result `output_nr` of `node`.

    `ownership_token` stands for the Tensor, with its place in the graph, shape and dtype, but not its numbers.
    """

    node: Node
    output_nr: int
    ownership_token: Variable


def edge_of(tensor: Any) -> GradientEdge:
    """The edge that leads to a Tensor, which may be given in its place to `grad` and `backward`."""
    place = node_for(tensor, "the gradient edge")
    token = type(tensor).wrap(blank(tensor._data.shape, tensor._data.dtype))
    token._node = place
    return GradientEdge(place if tensor.grad_fn is None else tensor.grad_fn, tensor.output_nr, token)


def tensors_of(given: Any) -> list[Any]:
    """Tensors, or edges that lead to them, given alone or together. Raises TypeError for anything else."""
    parts = [given] if isinstance(given, (Variable, GradientEdge)) else list(given)
    for part in parts:
        if not isinstance(part, (Variable, GradientEdge)):
            raise TypeError(f"expected Tensors or edges of the graph, not {type(part).__name__}")
    return [part.ownership_token if isinstance(part, GradientEdge) else part for part in parts]


def seed_for(output: Variable, gradient: Any, create_graph: bool) -> Any:
    """The cotangent to start from at `output`, checked."""
    if gradient is None:
        if output._data.size != 1:
            raise NotScalar(
                f"grad can be created implicitly only for one number, this Tensor has shape {output._data.shape}",
                "Give backward the cotangent, an array of that shape.",
            )
        if output._data.dtype.kind == "c":
            raise NotScalar("grad can be created implicitly only for a real number", "Give backward the cotangent.")
        if not create_graph:
            one = np.empty(output._data.shape, output._data.dtype)
            one.fill(1)
            return one
        gradient = np.ones_like(output._data)
    check_shape(np.shape(gradient._data if isinstance(gradient, Variable) else gradient), output._data.shape)
    return fit(taken(gradient, create_graph), Meta.of(output._data), "the seed")


def check_shape(given: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Raises CotangentMismatch where a cotangent has not the shape of its value."""
    if given != wanted:
        raise CotangentMismatch(
            f"the cotangent has shape {given}, but the value it belongs to has shape {wanted}",
            "Give a cotangent of the value's shape.",
        )


def pull_back(
    outputs: Sequence[Any],
    gradients: Sequence[Any],
    retain_graph: bool | None,
    create_graph: bool,
    inputs: Any = None,
) -> None:
    """Add the gradient of the outputs' sum to `grad` of the leaves that they were computed from, or of `inputs`."""
    keep = create_graph if retain_graph is None else retain_graph
    seeds = seeds_for(outputs, gradients, create_graph)
    if inputs is None:
        backpropagate(seeds, None, create_graph, keep)
        return
    wanted = tensors_of(inputs)
    if not wanted:
        raise SourceADError("backward was given an empty list of inputs", "Leave inputs out, or name some.")
    # An input that is named twice takes its gradient once.
    wanted = list({id(tensor): tensor for tensor in wanted}.values())
    targets = [node_for(tensor, "a gradient") for tensor in wanted]
    found = backpropagate(seeds, targets, create_graph, keep)
    with enable_grad() if create_graph else no_grad():
        for tensor, target, g in zip(wanted, targets, found):
            if g is not None and isinstance(target, AccumulateGrad):
                target.accept(g, False)
            elif g is not None:
                tensor.accumulate(g, False)


def seeds_for(outputs: Sequence[Any], gradients: Sequence[Any], create_graph: bool) -> list[tuple[Node, Any]]:
    """Where a walk begins, and with which cotangents."""
    seeds = []
    for output, gradient in zip(outputs, gradients, strict=True):
        seeds.append((node_for(output, "a gradient"), seed_for(output, gradient, create_graph)))
    return seeds


def node_for(tensor: Variable, what: str) -> Node:
    """The Tensor's place in the graph. Raises SourceADError where it has none; `what` says what it was needed for."""
    node = node_of(tensor)
    if node is None:
        raise SourceADError(
            f"{what} was asked for of a Tensor that does not require grad and was not computed from one that does",
            "Set requires_grad on an input before the computation.",
        )
    return node
