"""The graph that computed a Tensor, drawn: leaves above, results below."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from runtime.drawing.svg import Box, render
from runtime.errors import SourceADError

LEAF, OPERATION, RESULT = "#cfe3f5", "#ececec", "#cdebc9"
MOST_NODES = 600


class Drawing:
    """A picture as SVG text in `svg`; Jupyter shows it."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def save(self, path: str | Path) -> None:
        """Write the picture to a file."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg


def make_dot(outputs: Any, params: Mapping[str, Any] | Any = None) -> Drawing:
    """The graph from which `outputs`, a Tensor or several, were computed.

    `params` gives the leaves their names: a mapping from names to Tensors, or pairs as `named_parameters()` of a
    Module yields them. Leaves that no operation needs a gradient for are not part of a graph, and not drawn. Raises
    SourceADError for a graph of more than 600 nodes, which no picture would show.
    """
    tops = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    pairs = params.items() if isinstance(params, Mapping) else params or ()
    names = {id(tensor): name for name, tensor in pairs}
    boxes: dict[Hashable, Box] = {}
    edges: list[tuple[Hashable, Hashable]] = []
    nodes: list[Any] = []
    for number, top in enumerate(tops):
        key = ("result", number)
        boxes[key] = Box(_described(names.get(id(top), "result"), top), RESULT)
        if top.grad_fn is not None:
            edges.append((id(top.grad_fn), key))
            nodes.append(top.grad_fn)
    # The walk keeps the nodes alive, so that no number is given to two of them.
    seen: dict[int, Any] = {}
    while nodes:
        node = nodes.pop()
        if id(node) in seen:
            continue
        seen[id(node)] = node
        if len(seen) > MOST_NODES:
            raise SourceADError(
                f"the graph has more than {MOST_NODES} nodes", "Draw a smaller problem: fewer layers or fewer steps."
            )
        boxes[id(node)] = _box(node, names)
        for source, _ in node.next_functions:
            if source is not None:
                edges.append((id(source), id(node)))
                nodes.append(source)
    return Drawing(render(boxes, edges))


def _box(node: Any, names: Mapping[int, str]) -> Box:
    variable = getattr(node, "variable", None)
    if variable is not None:
        return Box(_described(names.get(id(variable), "leaf"), variable), LEAF, node.label())
    return Box((node.label().removesuffix("Backward0"),), OPERATION, node.label())


def _described(name: str, tensor: Any) -> tuple[str, ...]:
    shape = ", ".join(map(str, tensor.shape)) + ("," if len(tensor.shape) == 1 else "")
    return name, f"({shape})"
