"""Where the boxes of a directed graph without cycles go: in layers, so that every edge leads downward.

The steps are those of K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system
structures" (1981): layers by longest paths, bends where an edge passes a layer, an order within each layer that
follows the middle of the neighbours, and places that come as near to these as the boxes' widths allow.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

Name = Hashable
Edge = tuple[Name, Name]
Point = tuple[float, float]

GAP_X = 18.0
GAP_Y = 34.0
_SWEEPS = 12


class Placed(NamedTuple):
    """Centres of the boxes, the points that each edge goes through, and the size of the whole."""

    centres: dict[Name, Point]
    routes: dict[Edge, list[Point]]
    width: float
    height: float


def arrange(sizes: Mapping[Name, tuple[float, float]], edges: Sequence[Edge]) -> Placed:
    """Places for boxes of the given widths and heights. Every edge leads from a box to a lower one."""
    edges = list(dict.fromkeys(edges))
    depth = _depths(list(sizes), edges)
    chains = {edge: _bends(edge, depth) for edge in edges}
    links = [link for chain in chains.values() for link in zip(chain, chain[1:])]
    layers: list[list[Name]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in sizes:
        layers[depth[name]].append(name)
    for chain in chains.values():
        for bend in chain[1:-1]:
            layers[bend[2]].append(bend)  # type: ignore[index]
    above, below = _neighbours(links)
    layers = _ordered(layers, above, below, links)
    x = _columns(layers, sizes, above, below)
    y, height = _rows(layers, sizes)
    left = min((x[name] - sizes[name][0] / 2 for name in sizes), default=0.0)
    right = max((x[name] + sizes[name][0] / 2 for name in sizes), default=0.0)
    points = {name: (x[name] - left, y[k]) for k, layer in enumerate(layers) for name in layer}
    routes = {edge: [points[name] for name in chain] for edge, chain in chains.items()}
    return Placed({name: points[name] for name in sizes}, routes, right - left, height)


def _depths(names: list[Name], edges: Sequence[Edge]) -> dict[Name, int]:
    """The layer of each box: below all that it comes from; boxes that come from nothing stand just above their use."""
    above, below = _neighbours(edges)
    missing = {name: len(above.get(name, ())) for name in names}
    ready = [name for name in names if not missing[name]]
    depth: dict[Name, int] = {}
    while ready:
        name = ready.pop()
        depth[name] = 1 + max((depth[other] for other in above.get(name, ())), default=-1)
        for other in below.get(name, ()):
            missing[other] -= 1
            if not missing[other]:
                ready.append(other)
    for name in names:
        if not above.get(name) and below.get(name):
            depth[name] = min(depth[other] for other in below[name]) - 1
    return depth


def _bends(edge: Edge, depth: dict[Name, int]) -> list[Name]:
    """The ends of an edge, with a bend for each layer between them."""
    start, end = edge
    return [start, *((start, end, layer) for layer in range(depth[start] + 1, depth[end])), end]


def _neighbours(links: Sequence[Edge]) -> tuple[dict[Name, list[Name]], dict[Name, list[Name]]]:
    above: dict[Name, list[Name]] = {}
    below: dict[Name, list[Name]] = {}
    for upper, lower in links:
        below.setdefault(upper, []).append(lower)
        above.setdefault(lower, []).append(upper)
    return above, below


def _ordered(
    layers: list[list[Name]], above: dict[Name, list[Name]], below: dict[Name, list[Name]], links: Sequence[Edge]
) -> list[list[Name]]:
    """The order within the layers that has the fewest crossings of those that sweeps down and up come by."""
    best, fewest = layers, _crossings(layers, links)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        neighbours, along = (above, layers) if sweep % 2 == 0 else (below, layers[::-1])
        place = {name: float(k) for layer in layers for k, name in enumerate(layer)}
        found = []
        for layer in along:
            middle = {name: _mean([place[other] for other in neighbours.get(name, ())], place[name]) for name in layer}
            found.append(sorted(layer, key=middle.__getitem__))
            place.update({name: float(k) for k, name in enumerate(found[-1])})
        layers = found if sweep % 2 == 0 else found[::-1]
        if (count := _crossings(layers, links)) < fewest:
            best, fewest = layers, count
    return best


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(layers: list[list[Name]], links: Sequence[Edge]) -> int:
    """How many pairs of links between neighbouring layers cross."""
    place = {name: (k, j) for k, layer in enumerate(layers) for j, name in enumerate(layer)}
    between: dict[int, list[tuple[int, int]]] = {}
    for upper, lower in links:
        between.setdefault(place[upper][0], []).append((place[upper][1], place[lower][1]))
    count = 0
    for pairs in between.values():
        pairs.sort()
        lows = [low for _, low in pairs]
        count += sum(low > other for k, low in enumerate(lows) for other in lows[k + 1 :])
    return count


def _columns(
    layers: list[list[Name]],
    sizes: Mapping[Name, tuple[float, float]],
    above: dict[Name, list[Name]],
    below: dict[Name, list[Name]],
) -> dict[Name, float]:
    """Horizontal centres: each layer is moved towards the middle of its neighbours, down and up in turn."""

    def width(name: Name) -> float:
        return sizes[name][0] if name in sizes else 0.0

    x: dict[Name, float] = {}
    for layer in layers:
        right = 0.0
        for name in layer:
            x[name] = right + width(name) / 2
            right += width(name) + GAP_X
    for sweep in range(_SWEEPS):
        neighbours, along = (above, layers) if sweep % 2 == 0 else (below, layers[::-1])
        for layer in along:
            wanted = [_mean([x[other] for other in neighbours.get(name, ())], x[name]) for name in layer]
            apart = [(width(a) + width(b)) / 2 + GAP_X for a, b in zip(layer, layer[1:])]
            x.update(zip(layer, spread(wanted, apart)))
    return x


def spread(wanted: Sequence[float], apart: Sequence[float]) -> list[float]:
    """The places nearest to those wanted, in the sense of least squares, that keep their order and distances.

    With the distances taken off this is isotonic regression, solved by pooling neighbours that are out of order
    (M. Ayer and others, 1955).
    """
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets):
        total, count = place - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, others = pools.pop()
            total, count = total + more, count + others
        pools.append((total, count))
    found = [total / count for total, count in pools for _ in range(count)]
    return [place + offset for place, offset in zip(found, offsets)]


def _rows(layers: list[list[Name]], sizes: Mapping[Name, tuple[float, float]]) -> tuple[list[float], float]:
    """The vertical centre of each layer, and the height of all."""
    centres: list[float] = []
    top = 0.0
    for layer in layers:
        height = max((sizes[name][1] for name in layer if name in sizes), default=0.0)
        centres.append(top + height / 2)
        top += height + GAP_Y
    return centres, max(0.0, top - GAP_Y)
