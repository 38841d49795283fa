"""Pictures of graphs, as SVG that any browser shows; no other program is needed."""

from runtime.drawing.graph import Drawing, make_dot

__all__ = ["Drawing", "make_dot"]
