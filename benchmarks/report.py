"""Tables on the terminal, and the same tables and their numbers in `benchmarks/results`."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import platform
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.peers.contender import Contender

RESULTS = pathlib.Path(__file__).parent / "results"


def parser_for(description: str | None) -> argparse.ArgumentParser:
    """An argument parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="run everything once or twice, to see that it runs")
    parser.add_argument(
        "--results", type=pathlib.Path, help="where to write (default: benchmarks/results; not with --quick)"
    )
    return parser


def environment(contenders: Iterable[Contender] = ()) -> dict[str, str]:
    """Date, processor and versions: what a number is worth nothing without."""
    facts = {
        "date": datetime.date.today().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load when started": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        "threads a library": os.environ.get("OMP_NUM_THREADS", "default"),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    facts.update({c.name: c.version for c in contenders if c.name != "hand"})
    return facts


def _processor() -> str:
    """The processor's name: from the kernel where it tells, from `platform` elsewhere."""
    table = pathlib.Path("/proc/cpuinfo")
    if table.exists():
        for line in table.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def duration(seconds: float) -> str:
    """Three digits and a fitting unit.

    >>> duration(0.0123), duration(4.5e-5), duration(2.0)
    ('12.3 ms', '45.0 us', '2.00 s')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{_three_digits(seconds / size)} {unit}"
    return f"{_three_digits(seconds / 1e-9)} ns"


def factor(ratio: float) -> str:
    """A ratio with three digits.

    >>> factor(1.0), factor(12.34), factor(345.6)
    ('1.00', '12.3', '346')
    """
    return _three_digits(ratio)


def _three_digits(number: float) -> str:
    return f"{number:.2f}" if number < 10.0 else f"{number:.1f}" if number < 100.0 else f"{number:.0f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table that also reads well as plain text: columns are padded, all but the first to the right.

    >>> print(table(["program", "ratio"], [["loss", "1.05"]]))
    | program | ratio |
    |:--------|------:|
    | loss    |  1.05 |
    """
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]

    def written(line: list[str]) -> str:
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
        return "| " + " | ".join(cells) + " |"

    rule = "|:" + "-" * (widths[0] + 1) + "|" + "".join("-" * (width + 1) + ":|" for width in widths[1:])
    return "\n".join([written(lines[0]), rule, *(written(line) for line in lines[1:])])


def progress(text: str) -> None:
    """One line of progress, written over the last one on a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    else:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def publish(name: str, text: str, numbers: dict[str, Any], options: argparse.Namespace) -> None:
    """Print `text` and write it as NAME.md, with `numbers` as NAME.json beside it."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    print(text)
    folder = options.results or (None if options.quick else RESULTS)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text + "\n")
    (folder / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n")
    print(f"\nwritten: {folder / name}.md, {folder / name}.json")


def facts_as_text(facts: dict[str, str]) -> str:
    """The environment as one line of Markdown."""
    return ", ".join(f"{name} {value}" for name, value in facts.items())
