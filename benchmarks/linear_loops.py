"""Loops over n elements: time and memory of a gradient per element, for n = 10^2 .. 10^6.

    python -m benchmarks.linear_loops [--quick]

A column that stays flat is linear; a column that grows tenfold from row to row is quadratic.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

from benchmarks import report, threads, timing
from benchmarks.gradients import ready_call
from benchmarks.peers.contender import Contender, installed
from benchmarks.programs import element_loops
from benchmarks.programs.program import Program

NAMES = ("hand", "sourcead", "autograd")
SIZES = (10**2, 10**3, 10**4, 10**5, 10**6)
GIVE_UP_AFTER = 30.0
LONG = 3.0
GROWTH_LIMIT = 2.0


def peak_bytes(call: Callable[[], Any]) -> int:
    """Largest number of bytes that were alive at once because of the call, its result included."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def measure(program: Program, contender: Contender, n: int) -> dict[str, float] | str:
    """Seconds (the best of up to three) and peak bytes of one gradient, each divided by n."""
    report.progress(f"{program.name}, {contender.name}, n = {n}")
    call = ready_call(contender, program)
    if isinstance(call, str):
        return call
    best = timing.seconds_of(call)
    if best < LONG:
        best = min(best, timing.seconds_of(call), timing.seconds_of(call))
    return {"seconds": best / n, "bytes": peak_bytes(call) / n}


def measure_all(contenders: list[Contender], sizes: tuple[int, ...]) -> dict[str, dict[str, dict[int, Any]]]:
    """By program, contender and n; a contender is not taken further once a size would need too long."""
    numbers: dict[str, dict[str, dict[int, Any]]] = {}
    for n in sizes:
        for program in element_loops.programs(n):
            for contender in contenders:
                row = numbers.setdefault(program.name, {}).setdefault(contender.name, {})
                row[n] = measure(program, contender, n) if affordable(row, n) else "too slow"
    return numbers


def affordable(row: dict[int, Any], n: int) -> bool:
    """Whether a gradient for n elements stays within the time given, going by the growth seen so far."""
    if not row:
        return True
    if any(isinstance(entry, str) for entry in row.values()):
        return False
    *_, last = row.values()
    steeper = growth(row, "seconds") or 1.0
    return last["seconds"] * n * steeper < GIVE_UP_AFTER


def growth(row: dict[int, Any], key: str) -> float | None:
    """Cost per element at the largest n over that at n = 1000 (the smallest n pays for fixed costs)."""
    known = {n: entry for n, entry in row.items() if not isinstance(entry, str) and n >= 1000}
    return known[max(known)][key] / known[min(known)][key] if len(known) > 1 else None


def as_text(numbers: dict[str, Any], contenders: list[Contender], absent: list[str], facts: dict[str, str]) -> str:
    """A table a program: a row for each n, time and bytes per element for each contender."""
    names = [c.name for c in contenders]
    paragraphs = [
        "# Gradients of loops over n elements: cost per element",
        f"{report.facts_as_text(facts)}.",
        "Bytes are the peak of what `tracemalloc` sees during the call, the gradient itself (8 bytes an element) "
        "included.",
    ]
    for program, rows in numbers.items():
        head = ["n", *(f"{name}, time" for name in names), *(f"{name}, bytes" for name in names)]
        body = [
            [
                str(n),
                *(cell(rows[name][n], "seconds", report.duration) for name in names),
                *(cell(rows[name][n], "bytes", lambda size: f"{size:.0f}") for name in names),
            ]
            for n in rows[names[0]]
        ]
        paragraphs.append(f"## {program}\n\n{report.table(head, body)}")
        paragraphs.append("\n".join(verdict(name, rows[name]) for name in names))
    notes = [
        f"{c.name}: {note} ({program})" for c in contenders for program, note in c.notes.items() if program in numbers
    ]
    paragraphs.append("\n".join(f"- {line}." for line in [*notes, *absent]))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def cell(entry: Any, key: str, written: Callable[[float], str]) -> str:
    """One number of a table, or why there is none."""
    return entry if isinstance(entry, str) else written(entry[key])


def verdict(name: str, row: dict[int, Any]) -> str:
    """Whether the cost per element stays flat from n = 1000 on."""
    times, sizes = growth(row, "seconds"), growth(row, "bytes")
    if times is None or sizes is None:
        return f"- {name}: too few sizes to tell."
    kind = "linear" if max(times, sizes) <= GROWTH_LIMIT else "NOT linear"
    return f"- {name}: {kind}; from n = 1000 on, time per element grows {times:.2f}-fold and bytes {sizes:.2f}-fold."


def main() -> None:
    options = report.parser_for(__doc__).parse_args()
    threads.use_one_thread()
    contenders, absent = installed(NAMES)
    sizes = SIZES[:2] if options.quick else SIZES
    numbers = measure_all(contenders, sizes)
    facts = report.environment(contenders)
    text = as_text(numbers, contenders, absent, facts)
    report.publish("linear_loops", text, {"environment": facts, "programs": numbers}, options)


if __name__ == "__main__":
    main()
