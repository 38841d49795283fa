"""Nodes of the graph and the engine that walks it backward.

A node refers to the nodes of its inputs and to what its rules read, never to its own result or to later nodes, so
reference counting alone frees a graph. The walk is a loop over a heap: a node is newer than all its inputs, so
taking the newest waiting node first is a reverse topological order.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from runtime.errors import CotangentMismatch
from runtime.modes import enable_grad, no_grad
from runtime.variable import Variable

_serials = itertools.count()


class Meta(NamedTuple):
    """Shape and dtype of an array; `dtype` is None for a Python or NumPy number, whose shape is ()."""

    shape: tuple[int, ...]
    dtype: np.dtype | None

    @classmethod
    def of(cls, data: Any) -> Meta:
        """What is known of a value's cotangent before there is one."""
        return cls(data.shape, data.dtype) if isinstance(data, np.ndarray) else cls((), None)


class Edge(NamedTuple):
    """A result of a node, or a leaf (then `output` is 0)."""

    source: Node | Variable
    output: int

    @property
    def meta(self) -> Meta:
        """Shape and dtype of the value at this end of the edge."""
        return self.source.metas[self.output] if isinstance(self.source, Node) else Meta.of(self.source._data)


class At(NamedTuple):
    """A cotangent that is zero but at `index`, where it is `g`; repeated indices add up."""

    index: Any
    g: Any


class Owned(NamedTuple):
    """A cotangent in an array that nobody else holds, so that more can be added to it in place."""

    g: Any


class Node:
    """A recorded operation. `edges` are its inputs, `metas` describe its results, `face` is the class of both."""

    __slots__ = ("edges", "face", "metas", "serial")
    several = False

    def __init__(self, edges: tuple[Edge, ...], metas: tuple[Meta, ...], face: type[Variable]) -> None:
        self.edges = edges
        self.metas = metas
        self.face = face
        self.serial = next(_serials)

    def name(self) -> str:
        """The printed name, as in `grad_fn=<SinBackward0>`."""
        return f"{type(self).__name__}Backward0"

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        """Cotangents of the inputs, in order; None for zero or not needed. May write to `g` if it is `owned`."""
        raise NotImplementedError

    def forward(self, dots: Sequence[Any], lifted: bool) -> list[Any]:
        """Tangents of the results from tangents of the inputs; None or 0.0 is zero. The inputs must have been kept.

        With `lifted` the tangents are Variables, and the work on them is recorded.
        """
        raise NotImplementedError

    def free(self) -> None:
        """Drop what was kept for the backward pass."""


class _Sum:
    """The cotangent of one value while its contributions arrive; `owned` says that nobody else holds the array."""

    __slots__ = ("owned", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.owned = False

    def add(self, g: Any, meta: Meta, operation: str) -> None:
        if isinstance(g, At):
            self._add_at(g, meta)
            return
        given = g.g if isinstance(g, Owned) else g
        g_fits = fit(given, meta, operation)
        if g_fits is None:
            return
        if self.value is None:
            self.value = g_fits
            self.owned = given is not g and isinstance(g_fits, np.ndarray)
        elif self.owned:
            self.value += g_fits
        else:
            self.value = self.value + g_fits
            self.owned = isinstance(self.value, np.ndarray)

    def _add_at(self, g: At, meta: Meta) -> None:
        if self.value is None:
            self.value = np.zeros(meta.shape, meta.dtype)
        elif not self.owned:
            self.value = np.array(self.value)
        self.owned = True
        if reads_once(g.index):
            self.value[g.index] += g.g
        else:
            np.add.at(self.value, g.index, g.g)


def reads_once(index: Any) -> bool:
    """Whether an index surely names no element twice: slices, integers, None, Ellipsis and masks."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None
        or part is Ellipsis
        or isinstance(part, (int, slice, np.integer, np.bool_))
        or isinstance(part, np.ndarray)
        and part.dtype == bool
        for part in parts
    )


def fit(g: Any, meta: Meta, operation: str) -> Any:
    """A rule's result in the shape and dtype of the value it belongs to, or None for the zero of every structure.

    Raises CotangentMismatch where the shape is another one.
    """
    if type(g) is float and g == 0.0 or g is None:
        return None
    if meta.dtype is None:
        return g[()] if type(g) is np.ndarray and g.ndim == 0 else g
    if np.shape(g) != meta.shape:
        if np.ndim(g):
            raise CotangentMismatch(
                f"internal error: the rule of {operation} gave a cotangent of shape {np.shape(g)}"
                f" for a value of shape {meta.shape}"
            )
        g = np.broadcast_to(g, meta.shape)
    dtype = getattr(g, "dtype", None)
    if isinstance(g, Variable):
        if dtype == meta.dtype:
            return g
        real: Any = g if meta.dtype.kind == "c" else np.real(g)  # type: ignore[call-overload]
        return real.astype(meta.dtype)
    if dtype != meta.dtype or not isinstance(g, np.ndarray):
        g = np.asarray(g if meta.dtype.kind == "c" else np.real(g), dtype=meta.dtype)
    return g


Seed = tuple[Edge, Any]


def backpropagate(
    seeds: Sequence[Seed],
    targets: Sequence[Edge] | None = None,
    create_graph: bool = False,
    keep_graph: bool = False,
) -> tuple[list[Any], list[tuple[Variable, Any, bool]]]:
    """Walk backward from the seeds.

    With `targets`, returns the cotangent of each target (None where nothing reaches it) and computes nothing else.
    Without, returns every leaf reached with its cotangent and whether that array is nobody else's. With
    `create_graph` the cotangents are Variables with a graph of their own. Unless `keep_graph`, nodes drop what they
    kept.
    """
    needed = None if targets is None else _leading_to(seeds, targets)
    sums: dict[Any, _Sum] = {}
    waiting: list[tuple[int, Node]] = []
    leaves: dict[int, Variable] = {}

    def contribute(edge: Edge, g: Any, operation: str) -> None:
        source = edge.source
        key = (id(source), edge.output)
        into = sums.get(key)
        if into is None:
            into = sums[key] = _Sum()
        into.add(g, edge.meta, operation)
        if isinstance(source, Node):
            if source.serial not in queued:
                queued.add(source.serial)
                heapq.heappush(waiting, (-source.serial, source))
        else:
            leaves[id(source)] = source

    queued: set[int] = set()
    wanted = {} if targets is None else {(id(edge.source), edge.output): None for edge in targets}
    with enable_grad() if create_graph else no_grad():
        for edge, g in seeds:
            contribute(edge, g, "the seed")
        while waiting:
            node = heapq.heappop(waiting)[1]
            parts = [sums.pop((id(node), k), None) for k in range(len(node.metas))]
            for k, part in enumerate(parts):
                if (id(node), k) in wanted and part is not None:
                    wanted[id(node), k] = part.value
            asked = [True] * len(node.edges) if needed is None else [_key(edge) in needed for edge in node.edges]
            values = [None if part is None else part.value for part in parts]
            if not any(asked) or all(value is None for value in values):
                continue
            if node.several:
                g, owned = [0.0 if value is None else value for value in values], False
            else:
                g = values[0]
                owned = parts[0].owned and (id(node), 0) not in wanted  # type: ignore[union-attr]
            del parts, values
            for edge, bar in zip(node.edges, node.backward(g, owned, asked, create_graph)):
                if bar is not None:
                    contribute(edge, bar, node.name())
            if not keep_graph:
                node.free()
    for key in leaves:
        if (key, 0) in wanted:
            wanted[key, 0] = sums[key, 0].value
    found = [] if targets is None else [wanted[_key(edge)] for edge in targets]
    reached = [(leaf, sums[key, 0].value, sums[key, 0].owned) for key, leaf in leaves.items()]
    return found, [entry for entry in reached if entry[1] is not None]


def propagate(seeds: Sequence[tuple[Edge, Any]], results: Sequence[Edge | None], lifted: bool = False) -> list[Any]:
    """Walk forward: the tangents of `results`, None for zero, where the tangents of the seeds are given."""
    dots: dict[tuple[int, int], Any] = {_key(edge): dot for edge, dot in seeds}
    started = {id(edge.source) for edge, _ in seeds}
    nodes = reachable(edge.source for edge in results if edge is not None)
    with enable_grad() if lifted else no_grad():
        for node in sorted(nodes, key=lambda node: node.serial):
            inputs = [dots.get(_key(edge)) for edge in node.edges]
            if id(node) in started or all(dot is None for dot in inputs):
                continue
            for k, (dot, meta) in enumerate(zip(node.forward(inputs, lifted), node.metas)):
                dot = fit(np.broadcast_to(dot, meta.shape) if np.shape(dot) != meta.shape else dot, meta, node.name())
                if dot is not None:
                    dots[id(node), k] = dot
    return [None if edge is None else dots.get(_key(edge)) for edge in results]


def _key(edge: Edge) -> tuple[int, int]:
    return id(edge.source), edge.output


def _leading_to(seeds: Sequence[Seed], targets: Sequence[Edge]) -> set[tuple[int, int]]:
    """The ends of edges, reachable from the seeds, from which a target is reached."""
    aims = {_key(edge) for edge in targets}
    useful: set[tuple[int, int]] = set(aims)
    nodes = reachable(edge.source for edge, _ in seeds)
    for node in sorted(nodes, key=lambda node: node.serial):
        if any(_key(edge) in useful for edge in node.edges):
            useful.update((id(node), k) for k in range(len(node.metas)))
    return useful


def reachable(sources: Iterable[Any]) -> list[Node]:
    """Every node from which the sources were computed, in no order."""
    found: list[Node] = []
    seen: set[int] = set()
    stack = [source for source in sources if isinstance(source, Node)]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            found.append(node)
            stack += [edge.source for edge in node.edges if isinstance(edge.source, Node)]
    return found
