"""Texts of code that came from no file: typed at the prompt, read from standard input, `python -c`, handed to `exec`.

Python keeps none of them before 3.13, and those of `exec` never. They are looked for where they may still stand: in
the history of the prompt, in the command line, in the strings that running functions hold. What is found here is no
more than a candidate; whoever asks compiles it and compares the code.
"""

from __future__ import annotations

import codeop
import os
import stat
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any


def texts(function: types.FunctionType) -> Iterator[str]:
    """Texts that `function` may have been compiled from, the likely ones first."""
    code = function.__code__
    word = "lambda" if code.co_name == "<lambda>" else code.co_name
    if code.co_filename == "<stdin>":
        yield from _typed(code, word)
    for text in dict.fromkeys([*_given(), *_held(function)]):
        if word in text:
            yield text


def _typed(code: types.CodeType, word: str) -> Iterator[str]:
    """Statements of the prompt's history whose line of that number may begin the function, the last ones first."""
    readline = sys.modules.get("readline")
    if readline is None:
        return
    count = readline.get_current_history_length()
    lines = [readline.get_history_item(k) or "" for k in range(1, count + 1)]
    down = code.co_firstlineno - 1
    for first in range(count - 1 - down, -1, -1):
        head = lines[first + down]
        if not lines[first][:1].isspace() and (word in head or head.lstrip().startswith("@")):
            text = _statement(lines[first:], max(line or 1 for _, _, line in code.co_lines()))
            if text is not None:
                yield text


def _statement(lines: list[str], least: int) -> str | None:
    """The statement that `lines` begin with, which has `least` lines or more; None where they begin with none."""
    for count in range(least, len(lines) + 1):
        text = "\n".join(lines[:count]) + "\n"
        try:
            whole = codeop.compile_command(text, "<stdin>", "exec") is not None
        except (SyntaxError, ValueError, OverflowError):
            return None
        if whole and not (count < len(lines) and _goes_on(lines[count])):
            return text
    return None


def _goes_on(line: str) -> bool:
    return line[:1].isspace() or line.startswith(("else", "elif", "except", "finally"))


def _given() -> Iterator[str]:
    """What Python itself was started with: the arguments of its command line, a file as its standard input."""
    yield from sys.orig_argv
    try:
        place = os.fstat(0)
        if stat.S_ISREG(place.st_mode):
            yield os.pread(0, place.st_size, 0).decode()
    except (OSError, UnicodeDecodeError):
        return


def _held(function: types.FunctionType) -> Iterator[str]:
    """Strings in the module of the function, and in variables and constants of the functions that are running."""
    seen: set[int] = set()
    frame: types.FrameType | None = sys._getframe()
    places: list[Iterable[Any]] = [function.__globals__.values()]
    while frame is not None:
        places += [frame.f_locals.values(), frame.f_code.co_consts]
        if id(frame.f_globals) not in seen:
            seen.add(id(frame.f_globals))
            places.append(frame.f_globals.values())
        frame = frame.f_back
    for values in places:
        for value in list(values):
            parts = value.values() if type(value) is dict else value if type(value) in (list, tuple) else (value,)
            yield from [part for part in list(parts) if type(part) is str and len(part) > len("lambda:")]
