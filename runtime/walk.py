"""The engine that walks the graph backward, and forward for `jvp`.

A node is newer than all its inputs, so taking the newest waiting node first is a reverse topological order. The walk
is a loop over a heap of the nodes' numbers, and for a chain there is never more than one number in it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush, heappushpop
from typing import Any

import numpy as np

from runtime.anomalies import Blame, checked
from runtime.graph import WAITS, AccumulateGrad, At, Node, OneOf, Owned, fit, reads_once
from runtime.kernels.repeated import add_repeated
from runtime.modes import enable_grad, no_grad, state, switch
from runtime.observing import watch
from runtime.variable import Variable


class _Sums:
    """The cotangents that have arrived so far, by the number of their node.

    `owned` has the numbers of those in an array that nobody else holds.
    """

    __slots__ = ("nodes", "owned", "values", "waiting")

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}
        self.nodes: dict[int, Node] = {}
        self.owned: set[int] = set()
        self.waiting: list[int] = []

    def add(self, source: Any, g: Any) -> None:
        """Add to the cotangent of a node's result; None is zero."""
        if g is None:
            return
        key = source.serial
        if key not in self.nodes:
            self.nodes[key] = source
            heappush(self.waiting, key)
        kind = type(g)
        if kind is At:
            self._add_at(key, g)
            return
        if kind is OneOf:
            if key not in self.values:
                self.values[key] = [None] * g.several
            old = self.values[key][g.number]
            self.values[key][g.number] = g.g if old is None else old + g.g
            return
        given = g.g if kind is Owned else g
        old = self.values.get(key)
        if old is None:
            self.values[key] = given
            if kind is Owned and isinstance(given, np.ndarray):
                self.owned.add(key)
        elif key in self.owned and not isinstance(given, Variable):
            self.values[key] += given
        else:
            new = self.values[key] = old + given
            if isinstance(new, np.ndarray):
                self.owned.add(key)

    def _add_at(self, key: int, g: At) -> None:
        value: Any = self.values.get(key)
        fresh = value is None
        if fresh:
            value = np.zeros(g.meta.shape, g.meta.dtype)
        elif key not in self.owned:
            value = np.array(value)
        self.values[key] = value
        self.owned.add(key)
        if not reads_once(g.index):
            add_repeated(value, g.index, g.g)
        elif fresh:
            value[g.index] = g.g
        else:
            value[g.index] += g.g


Seed = tuple[Node, Any]

# References to an array that only a dictionary holds, as the next line of `_is_alone` counts them.
_ALONE = [sys.getrefcount(d[0]) for d in ({0: np.zeros(1)},)][0]


def _is_alone(values: dict[int, Any], key: int) -> bool:
    return sys.getrefcount(values[key]) <= _ALONE and type(values[key]) is np.ndarray and values[key].base is None


def backpropagate(
    seeds: Sequence[Seed],
    targets: Sequence[Node] | None = None,
    create_graph: bool = False,
    keep_graph: bool = False,
) -> list[Any]:
    """Walk backward from the seeds.

    With `targets`, returns the cotangent of each target (None where nothing reaches it) and computes nothing else.
    Without, every leaf reached gets its cotangent added to its `grad`. With `create_graph` the cotangents are
    Variables with a graph of their own. Unless `keep_graph`, nodes drop what they kept.
    """
    sums = _Sums()
    for node, g in seeds:
        sums.add(node, g)
    recording = state.recording
    try:
        if targets is None and not create_graph and not watch.careful and not state.strong_zero:
            _walk(sums, keep_graph)
            return []
        switch(create_graph)
        wanted = {} if targets is None else {target.serial: None for target in targets}
        needed = None if targets is None else _leading_to([node for node, _ in seeds], targets)
        _walk_with_care(sums, wanted, needed, create_graph, keep_graph)
        return [wanted[target.serial] for target in targets or ()]
    finally:
        switch(recording)


def _walk(sums: _Sums, keep_graph: bool) -> None:
    """The plain walk: cotangents are arrays, and every leaf takes what reaches it."""
    waiting, nodes, values, owned, add = sums.waiting, sums.nodes, sums.values, sums.owned, sums.add
    pop, push_pop, plus, ndarray, waits = heappop, heappushpop, np.add, np.ndarray, WAITS
    # What the last step handed over is held back where it is new: in a chain it is the next one, and saves the way
    # through the heap.
    held: Any = None
    key, g = 0, None
    while True:
        if held is None:
            if not waiting:
                return
            key = pop(waiting)
            node = nodes.pop(key)
            g = values.pop(key)
        else:
            node, held = held, None
            if waiting and waiting[0] < key:
                nodes[key] = node
                values[key] = g
                key = push_pop(waiting, key)
                node = nodes.pop(key)
                g = values.pop(key)
        if not keep_graph:
            source, bar = node.spend(g, owned, values, add)
            if type(bar) is ndarray:
                key = source.serial
                if key not in nodes:
                    held, g = source, bar
                    continue
                if key in owned:
                    g = values[key]
                    plus(g, bar, g)
                    g = None
                else:
                    g = None
                    add(source, bar)
                continue
            if bar is not waits:
                g = None
                add(source, bar)
                continue
        bar = None
        hooks = node.hooks
        if hooks is not None:
            # From here on, because only hooks and nodes of other kinds run anything that could be recorded.
            switch(False)
            g = hooks.on_result(g, False)
            if not node.ends:
                g = hooks.on_step(g, False)
        if node.ends:
            values[key] = g
            g = None
            _finish(node, values, key, key in owned)
            continue
        sources = node.sources
        if node.quick:
            bars: Any = [bar for _, bar in node.pull(g)]
        else:
            switch(False)
            bars = node.backward(g, key in owned, (True,) * len(sources), False)
        if not keep_graph:
            node.free()
        if hooks is not None and hooks.after:
            bars = hooks.on_inputs(node, bars, g)
        g = None
        for source, bar in zip(sources, bars):
            add(source, bar)


def _finish(node: Node, values: dict[int, Any], key: int, owned: bool) -> None:
    """The walk has come to a node without inputs."""
    if isinstance(node, AccumulateGrad):
        alone = owned or _is_alone(values, key)
        node.accept(values.pop(key), alone)


def _walk_with_care(
    sums: _Sums, wanted: dict[int, Any], needed: set[int] | None, create_graph: bool, keep_graph: bool
) -> None:
    """The walk with all that may be asked of it."""
    waiting, nodes, values, owned = sums.waiting, sums.nodes, sums.values, sums.owned
    while waiting:
        key = heappop(waiting)
        node = nodes.pop(key)
        if node.hooks is not None:
            values[key] = node.hooks.on_result(values[key], create_graph)
        if key in wanted:
            wanted[key] = values[key]
            owned.discard(key)
        if node.ends:
            if needed is None:
                _finish(node, values, key, key in owned)
            continue
        asked = [True] * len(node.sources) if needed is None else [s.serial in needed for s in node.sources]
        if not any(asked):
            continue
        g = values.pop(key)
        if node.hooks is not None:
            g = node.hooks.on_step(g, create_graph)
        observer = watch.observer
        token = None if observer is None else observer.enter(node.name(), (g,), True)
        bars: Any
        if state.locate is not None:
            with Blame(node):
                bars = checked(node, node.backward(g, False, asked, create_graph), state.check_nan)
        elif node.quick and not create_graph and not state.strong_zero and all(asked):
            bars = [bar for _, bar in node.pull(g)]
        else:
            bars = node.backward(g, key in owned, asked, create_graph)
        if node.hooks is not None and node.hooks.after:
            bars = node.hooks.on_inputs(node, bars, g)
        if observer is not None:
            observer.leave(token, bars)
        if not keep_graph:
            node.free()
        for source, bar, ask in zip(node.sources, bars, asked):
            if ask:
                sums.add(source, bar)


def propagate(seeds: Sequence[tuple[Node, Any]], results: Sequence[Node | None], lifted: bool = False) -> list[Any]:
    """Walk forward: the tangents of `results`, None for zero, where the tangents of the seeds are given."""
    dots: dict[int, Any] = {node.serial: dot for node, dot in seeds}
    started = set(dots)
    nodes = reachable(node for node in results if node is not None)
    with enable_grad() if lifted else no_grad():
        for node in sorted(nodes, key=lambda node: node.serial, reverse=True):
            inputs = [dots.get(source.serial) for source in node.sources]
            if node.serial in started or all(dot is None for dot in inputs):
                continue
            found = [
                fit(np.broadcast_to(dot, meta.shape) if np.shape(dot) != meta.shape else dot, meta, node.name())
                for dot, meta in zip(node.forward(inputs, lifted), node.result_metas())
            ]
            if node.several:
                dots[node.serial] = found
            elif found[0] is not None:
                dots[node.serial] = found[0]
    return [None if node is None else dots.get(node.serial) for node in results]


def _leading_to(starts: Iterable[Node], targets: Sequence[Node]) -> set[int]:
    """The numbers of the nodes, reachable from the starts, from which a target is reached."""
    useful = {target.serial for target in targets}
    for node in sorted(reachable(starts), key=lambda node: node.serial, reverse=True):
        if any(source.serial in useful for source in node.sources):
            useful.add(node.serial)
    return useful


def reachable(sources: Iterable[Node]) -> list[Node]:
    """Every node from which the sources were computed, in no order."""
    found: list[Node] = []
    seen: set[int] = set()
    stack = list(sources)
    while stack:
        node = stack.pop()
        if node.serial not in seen:
            seen.add(node.serial)
            found.append(node)
            stack += node.sources
    return found
