"""Long lines, broken where a person would break them.

The printer hands over a line as pieces (a name, an operator with its spaces, a comma with its space, a bracket),
so that no text has to be read again. A line is broken after a comma or before an operator, in the outermost
brackets that have such a place; a value without brackets around it is given some.
"""

from __future__ import annotations

from collections.abc import Iterator

WIDTH = 100

_OPERATORS = set("+ - * / // % @ ** << >> & | ^ and or if else for == != < <= > >= is in".split()) | {
    "is not",
    "not in",
}
_BEFORE = {f" {symbol} " for symbol in _OPERATORS} | {" async for "}
_ASSIGNMENTS = {f" {symbol}= " for symbol in ["", *"+ - * / // % @ ** << >> & | ^".split()]}
_OPENING, _CLOSING = {"(", "[", "{"}, {")", "]", "}"}


def wrap(pieces: list[str]) -> str:
    """The text of the pieces, with lines of at most `WIDTH` characters where they can be broken."""
    done: list[str] = []
    for breaks, line in _lines(pieces):
        done.append(breaks)
        if sum(map(len, line)) > WIDTH and not any("\n" in piece for piece in line):
            line = _broken(line)
        done += line
    return "".join(done)


def _lines(pieces: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each logical line with the line breaks before it."""
    breaks = ""
    line: list[str] = []
    for piece in pieces:
        if piece and not piece.strip("\n"):
            yield breaks, line
            breaks, line = piece, []
        elif piece:
            line.append(piece)
    yield breaks, line


def _broken(line: list[str]) -> list[str]:
    indent = line.pop(0) if line[0].isspace() else ""
    opens_body = line[-1] == ":"
    line = _bracketed(line, opens_body)
    continuation = indent + " " * (8 if opens_body else 4)
    done, left = [indent], line
    depth = 0
    room = WIDTH - len(indent)
    while sum(map(len, left)) > room:
        cut = _best_cut(left, depth, room)
        if cut is None:
            break
        comma = left[cut] == ", "
        head, left = left[: cut + comma], left[cut + comma :]
        depth += _opened(head)
        if comma:
            head[-1] = ","
        else:
            left[0] = left[0].lstrip()
        done += [*head, "\n", continuation]
        room = WIDTH - len(continuation)
    return done + left


def _best_cut(pieces: list[str], depth: int, room: int) -> int | None:
    """Index of the piece to cut at: in the outermost brackets of what fits, as far right as possible.

    A comma is cut after, an operator before. The first piece is never cut at: that would leave an empty line.
    """
    best: tuple[int, int] | None = None
    column = 0
    for index, piece in enumerate(pieces):
        depth += (piece in _OPENING) - (piece in _CLOSING)
        comma = piece == ", "
        fits = column + comma <= room
        if not fits and best is not None:
            break
        if index and depth > 0 and (comma or piece in _BEFORE) and (best is None or depth <= best[0]):
            best = depth, index
        column += len(piece)
    return best[1] if best else None


def _opened(pieces: list[str]) -> int:
    return sum((piece in _OPENING) - (piece in _CLOSING) for piece in pieces)


def _bracketed(line: list[str], opens_body: bool) -> list[str]:
    """Parentheses around the value of a statement that has operators or commas outside all brackets."""
    depth, start, loose = 0, None, False
    for index, piece in enumerate(line):
        depth += (piece in _OPENING) - (piece in _CLOSING)
        if depth == 0 and (piece in _ASSIGNMENTS or piece == " import " and line[0] == "from "):
            start, loose = index + 1, False
        elif depth == 0 and index and line[0] == "return" and start is None:
            start = index + 1
        elif index == 0 and piece in ("if ", "elif ", "while "):
            start = 1
        elif depth == 0 and (piece == ", " or piece in _BEFORE):
            loose = True
    if start is None or not loose:
        return line
    end = len(line) - 1 if opens_body else len(line)
    return [*line[:start], "(", *line[start:end], ")", *line[end:]]
