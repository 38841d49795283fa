"""A profile in the Trace Event Format, which Chrome's tracing page and Perfetto open.

The format is described in "Trace Event Format" (N. Duca and D. Sinclair, 2016): complete events `X` have a beginning
`ts` and a duration `dur` in microseconds, and nest by time within a thread; metadata `M` names processes and threads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write(events: Sequence[Any], path: str) -> None:
    """Write the events of a profile to a file."""
    Path(path).write_text(json.dumps(trace(events), separators=(",", ":")), encoding="utf-8")


def trace(events: Sequence[Any]) -> dict[str, Any]:
    """The events of a profile as the format's own object; times begin at the first event."""
    process = os.getpid()
    begin = min((event.start for event in events), default=0)
    threads = {event.thread: None for event in events}
    found = [_metadata("process_name", process, 0, "python")]
    found += [_metadata("thread_name", process, thread, f"thread {thread}") for thread in threads]
    found += [
        {
            "ph": "X",
            "cat": event.kind,
            "name": event.name,
            "pid": process,
            "tid": event.thread,
            "ts": (event.start - begin) / 1000.0,
            "dur": (event.end - event.start) / 1000.0,
            "args": _arguments(event),
        }
        for event in events
    ]
    return {"schemaVersion": 1, "displayTimeUnit": "ms", "traceEvents": found}


def _metadata(what: str, process: int, thread: int, name: str) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": process, "tid": thread, "ts": 0, "args": {"name": name}}


def _arguments(event: Any) -> dict[str, Any]:
    given = {"Input Dims": event.shapes, "Bytes": event.own_bytes, "Call stack": ";".join(event.stack)}
    return {key: value for key, value in given.items() if value}
