"""Every statement, expression and pattern of the grammar with small programs that have it, and what becomes of each.

A program is a function `f` of an array of three numbers, with whatever it needs before it; NumPy is there as `np`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parent / "constructs.txt"
EMITTED, DYNAMIC, REFUSED = "emitted", "dynamic", "refused"

# Node classes of Python versions that may be newer than the one that runs the tests.
NEWER = {
    "TypeAlias": (3, 12),
    "TypeVar": (3, 12),
    "ParamSpec": (3, 12),
    "TypeVarTuple": (3, 12),
    "TemplateStr": (3, 14),
    "Interpolation": (3, 14),
}
# Names that the `ast` module keeps for old programs; no parser makes them.
OLD = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice", "AugLoad", "AugStore", "Param", "Suite"}
GROUPS = {
    "Statements": ast.stmt,
    "Expressions": ast.expr,
    "Patterns": ast.pattern,
    "Operators": (ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
    "Type parameters": getattr(ast, "type_param", ()),
}


@dataclass(frozen=True)
class Construct:
    """One use of a node class: in words, what becomes of it, the program, and what the refusal says."""

    node: str
    use: str
    kind: str
    text: str
    said: str = ""

    @property
    def since(self) -> tuple[int, int]:
        """The first version of Python that has it."""
        return NEWER.get(self.node, (3, 11))


def grammar() -> dict[str, list[str]]:
    """The node classes by group, as the running Python has them and with those that are newer."""
    found: dict[str, list[str]] = {}
    newer = {"TypeAlias": "Statements", "TemplateStr": "Expressions", "Interpolation": "Expressions"}
    for group, base in GROUPS.items():
        names = {
            name
            for name, kind in vars(ast).items()
            if isinstance(kind, type) and base and issubclass(kind, base) and kind is not base and name not in OLD
        }
        names = {name for name in names if name[0].isupper()}
        names |= {name for name in NEWER if newer.get(name, "Type parameters") == group}
        found[group] = sorted(names)
    return found


def _read() -> Iterator[Construct]:
    """The constructs of the text beside this file."""
    for part in PROGRAMS.read_text(encoding="utf-8").split("\n== ")[1:]:
        head, text = part.split("\n", 1)
        node, use, kind, *said = [field.strip() for field in head.split("|")]
        yield Construct(node, use, kind, text.strip("\n") + "\n", said[0] if said else "")


CONSTRUCTS = tuple(_read())
