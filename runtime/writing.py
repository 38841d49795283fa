"""Functions whose text is written when they are first needed."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable
from typing import Any

from runtime.places import note_written

_count = iter(range(10**9))


def written(
    name: str, subject: Any, parameters: Iterable[str], lines: Iterable[str], scope: dict[str, Any]
) -> Callable[..., Any]:
    """The function of these statements, for calls of `subject`; debuggers and tracebacks show its text."""
    source = f"def {name}({', '.join(parameters)}):\n" + "".join([f"    {line}\n" for line in lines])
    filename = f"<{name} {next(_count)} of {getattr(subject, '__name__', 'call')}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    note_written(filename, {})
    names = dict(scope)
    exec(compile(source, filename, "exec"), names)
    return names[name]
