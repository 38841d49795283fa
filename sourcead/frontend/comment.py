"""A comment as a statement of the tree; the printer writes it as `# text`."""

from __future__ import annotations

import gast


class Comment(gast.AST):
    """`text` may have several lines."""

    _fields = ("text",)
    _attributes = ()

    def __init__(self, text: str = "") -> None:  # `copy.deepcopy` makes the node first and fills it afterwards
        super().__init__()
        self.text = text
