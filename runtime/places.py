"""Where in the user's program an error was raised: the line of the user's that it passed through last.

Nothing is noted while a program runs. An error that was raised without a place finds it in its own traceback when it is
asked. Text that was written from the user's (an emitted module) says for each of its lines which one that is.
"""

from __future__ import annotations

import functools
import itertools
import linecache
import os
import sysconfig
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType


@dataclass(frozen=True)
class Origin:
    """Where a statement stands in the user's source: file, line and column as editors count them, and its text."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_LIBRARIES = tuple(
    str(Path(folder).resolve())
    for folder in [*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), Path(__file__).parent]
    if isinstance(folder, (str, Path))
)
# Files whose text was written by us: of the rules, and of derivatives with the user's lines that they come from.
_written: dict[str, Mapping[int, Origin]] = {}
_ours = {str(Path(__file__).resolve().parent) + os.sep}


@functools.cache
def is_users_file(filename: str) -> bool:
    """Whether a file is the user's, not of Python, an installed package or this one."""
    if filename.startswith("<frozen"):
        return False
    resolved = str(Path(filename).resolve()) if not filename.startswith("<") else filename
    return "site-packages" not in resolved and not resolved.startswith(_LIBRARIES)


def is_users_code(code: types.CodeType) -> bool:
    """Whether code stands in a file of the user."""
    return is_users_file(code.co_filename)


def note_written(file: str, lines: Mapping[int, Origin]) -> None:
    """Say which of the user's lines those of a file come from that was written by us; none for text of our own."""
    _written[file] = lines


def note_ours(folder: str) -> None:
    """Say that the files in a folder are not the user's, as those of this package are not."""
    _ours.add(str(Path(folder).resolve()) + os.sep)
    in_package.cache_clear()


@functools.cache
def in_package(file: str) -> bool:
    """Whether a file belongs to this package."""
    return not file.startswith("<") and str(Path(file).resolve()).startswith(tuple(_ours))


def is_ours(file: str) -> bool:
    """Whether the text of a file is ours: of this package, or written by it."""
    return file in _written or in_package(file)


def users(origin: Origin) -> Origin:
    """The user's statement, where the place is one in a written file that comes from it."""
    return _written.get(origin.file, {}).get(origin.line, origin)


def place_of(origin: Origin | None, traceback: TracebackType | None) -> Origin | None:
    """The user's line for an error with this place and traceback: what it passed through where the place is ours."""
    known = None if origin is None else users(origin)
    return last_line(traceback) or known if known is None or is_ours(known.file) else known


def last_line(traceback: TracebackType | None) -> Origin | None:
    """The user's line that an error passed through last, in what was written from it too."""
    found = None
    while traceback is not None:
        found = _line(traceback) or found
        traceback = traceback.tb_next
    return found


def _line(traceback: TracebackType) -> Origin | None:
    code, line = traceback.tb_frame.f_code, traceback.tb_lineno
    file = code.co_filename
    if file in _written:
        return _written[file].get(line)
    if not is_users_code(code) or is_ours(file):
        return None
    text = linecache.getline(file, line, traceback.tb_frame.f_globals)
    return Origin(file, line, _column(traceback, text), text.strip()) if text.strip() else None


def _column(traceback: TracebackType, text: str) -> int:
    """The column at which the expression begins, in characters; that of the line where Python does not know it."""
    at = traceback.tb_lasti // 2
    known = next(itertools.islice(traceback.tb_frame.f_code.co_positions(), at, None), (None,) * 4)
    first, _, column, _ = known
    if first != traceback.tb_lineno or column is None:
        return len(text) - len(text.lstrip()) + 1
    return len(text.encode()[:column].decode(errors="ignore")) + 1
