"""Boxes and arrows as SVG."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from runtime.drawing.layout import Edge, Point, arrange

_MARGIN = 8.0
_LETTER = 7.0
_LINE = 15.0
_PADDING = 8.0


class Box(NamedTuple):
    """A box with lines of text and a fill colour; `title` is shown where the pointer rests on it."""

    lines: tuple[str, ...]
    colour: str
    title: str = ""

    def size(self) -> tuple[float, float]:
        """Width and height that the text needs."""
        return max(map(len, self.lines)) * _LETTER + 2 * _PADDING, len(self.lines) * _LINE + _PADDING


def render(boxes: Mapping[Hashable, Box], edges: Sequence[Edge]) -> str:
    """The picture of a graph without cycles: every edge leads downward from its first box to its second."""
    sizes = {name: box.size() for name, box in boxes.items()}
    placed = arrange(sizes, edges)
    width, height = placed.width + 2 * _MARGIN, placed.height + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="{-_MARGIN:.0f} {-_MARGIN:.0f} {width:.0f} {height:.0f}" font-family="monospace" font-size="11">',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#555"/></marker></defs>',
        f'<rect x="{-_MARGIN:.0f}" y="{-_MARGIN:.0f}" width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
    ]
    for (start, end), route in placed.routes.items():
        points = [(route[0][0], route[0][1] + sizes[start][1] / 2), *route[1:-1]]
        points.append((route[-1][0], route[-1][1] - sizes[end][1] / 2))
        parts.append(f'<path d="{_curve(points)}" fill="none" stroke="#555" marker-end="url(#arrow)"/>')
    parts += [_box(boxes[name], placed.centres[name], sizes[name]) for name in boxes]
    return "\n".join([*parts, "</svg>", ""])


def _curve(points: Sequence[Point]) -> str:
    """Bends that leave and enter every point upright."""
    text = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (x, y), (to_x, to_y) in zip(points, points[1:]):
        middle = (y + to_y) / 2
        text += f" C{x:.1f},{middle:.1f} {to_x:.1f},{middle:.1f} {to_x:.1f},{to_y:.1f}"
    return text


def _box(box: Box, centre: Point, size: tuple[float, float]) -> str:
    (x, y), (width, height) = centre, size
    first = y - (len(box.lines) - 1) * _LINE / 2 + 4
    texts = "".join(
        f'<text x="{x:.1f}" y="{first + k * _LINE:.1f}" text-anchor="middle">{escape(line)}</text>'
        for k, line in enumerate(box.lines)
    )
    title = f"<title>{escape(box.title)}</title>" if box.title else ""
    return (
        f'<g>{title}<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' rx="4" fill="{box.colour}" stroke="#555"/>{texts}</g>'
    )
