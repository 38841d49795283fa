"""A comment as a statement of the tree; the printer writes it as `# text`."""

from __future__ import annotations

import gast

from sourcead.errors import Origin


class Comment(gast.AST):
    """`text` may have several lines. `origin` is the user's statement, where the text is that statement's."""

    _fields = ("text",)
    _attributes = ()

    def __init__(self, text: str = "", origin: Origin | None = None) -> None:
        # Both may be left out because `copy.deepcopy` makes the node first and fills it afterwards.
        super().__init__()
        self.text = text
        self.origin = origin
