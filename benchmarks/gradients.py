"""Time of a gradient: emitted source beside a hand-written adjoint and beside the peers.

    python -m benchmarks.gradients [--quick] [--programs TEXT ...] [--contenders NAME ...]

Each contender's gradient is compared with the hand-written one before anything is timed.
"""

from __future__ import annotations

import statistics
from functools import partial
from typing import Any

import numpy as np

from benchmarks import report, threads, timing
from benchmarks.peers.contender import NAMES, Contender, installed
from benchmarks.programs.catalogue import PROGRAMS
from benchmarks.programs.program import Program

LIMITS = {"array": 1.15, "loop": 2.5}
SLOWER_PEERS = ("autograd", "tangent")


def agrees(program: Program, gradients: Any, expected: Any) -> bool:
    """Whether gradients equal the hand-written ones to rounding, in value, shape and number."""
    if len(program.wrt) == 1:
        gradients = gradients[0] if isinstance(gradients, tuple) else gradients
        gradients, expected = (gradients,), (expected,)
    pairs = zip(gradients, expected, strict=True)
    return all(np.shape(g) == np.shape(e) and np.allclose(np.asarray(g), e, rtol=1e-6, atol=1e-9) for g, e in pairs)


def ready_call(contender: Contender, program: Program) -> partial | str:
    """The gradient bound to its arguments, checked; or "refused" or "wrong", which cannot be timed."""
    prepared = contender.prepare(program, program.arguments())
    try:
        call = partial(contender.transform(program), *prepared)
        gradients = call()
    except contender.refuses as refusal:
        report.progress(f"{program.name}: {contender.name} refuses:\n{refusal}\n")
        return "refused"
    return call if agrees(program, gradients, program.hand(*program.arguments())) else "wrong"


def measure(program: Program, contenders: list[Contender], rounds: int, shortest: float) -> dict[str, Any]:
    """Median seconds and median ratios to `hand` for every contender that gets this program right."""
    calls = {c.name: ready_call(c, program) for c in contenders}
    if program.textbook:
        calls["textbook"] = partial(program.textbook, *program.arguments())
    timed = {name: call for name, call in calls.items() if not isinstance(call, str)}
    samples = timing.side_by_side(
        timed, rounds, shortest, lambda done: report.progress(f"{program.name}: round {done} of {rounds}")
    )
    return {
        "group": program.group,
        "seconds": {name: statistics.median(times) for name, times in samples.items()},
        "ratio": {name: timing.ratio(times, samples["hand"]) for name, times in samples.items()},
        "not timed": {name: call for name, call in calls.items() if isinstance(call, str)},
        "rewritten": {c.name: c.notes[program.name] for c in contenders if program.name in c.notes},
    }


def within_limits(result: dict[str, Any]) -> str:
    """ "yes", or which limit is missed."""
    ratios = result["ratio"]
    if "sourcead" not in ratios:
        return "NO: " + result["not timed"]["sourcead"] if "sourcead" in result["not timed"] else "-"
    missed = [] if ratios["sourcead"] <= LIMITS[result["group"]] else [f"> {LIMITS[result['group']]}"]
    missed += [f"slower than {peer}" for peer in SLOWER_PEERS if ratios.get(peer, np.inf) <= ratios["sourcead"]]
    return ", ".join(missed) or "yes"


def rewritten_notes(results: dict[str, dict[str, Any]]) -> list[str]:
    """What was rewritten for whom, one line a rewriting."""
    programs: dict[tuple[str, str], list[str]] = {}
    for name, result in results.items():
        for peer, note in result["rewritten"].items():
            programs.setdefault((peer, note), []).append(name)
    return [f"- {peer}: {note} ({'; '.join(names)})." for (peer, note), names in programs.items()]


def as_text(results: dict[str, dict[str, Any]], contenders: list[Contender], absent: list[str], facts: dict) -> str:
    """The table and what is needed to read it."""
    others = [c.name for c in contenders if c.name != "hand"]
    rows = []
    for name, result in results.items():
        cells = [
            report.factor(result["ratio"][other]) if other in result["ratio"] else result["not timed"][other]
            for other in others
        ]
        rows.append([name, report.duration(result["seconds"]["hand"]), *cells, within_limits(result)])
    notes = rewritten_notes(results)
    notes += [
        f"- {name}: the simplified formula of the textbook takes {report.factor(result['ratio']['textbook'])}."
        for name, result in results.items()
        if "textbook" in result["ratio"]
    ]
    paragraphs = [
        "# Gradients: time as a multiple of the hand-written adjoint",
        f"{report.facts_as_text(facts)}.",
        report.table(["program", "hand", *others, "within limits"], rows),
        "`hand` is the median time of the hand-written NumPy adjoint; the other columns are medians of the ratios "
        "within a round. All contenders run once a round, in one process, on one thread, in double precision, and "
        f"all are checked against `hand` first. Limits: {LIMITS['array']} for array programs, {LIMITS['loop']} for "
        "loops over scalars, small vectors or elements, and faster than autograd and tangent.",
        "\n".join(notes + [f"- {line}." for line in absent]),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def main() -> None:
    parser = report.parser_for(__doc__)
    parser.add_argument("--programs", nargs="+", default=[""], metavar="TEXT", help="programs whose name holds TEXT")
    parser.add_argument("--contenders", nargs="+", default=NAMES, choices=NAMES, help="beside `hand`")
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    threads.use_one_thread()

    contenders, absent = installed([name for name in NAMES if name == "hand" or name in options.contenders])
    facts = report.environment(contenders)
    rounds, shortest = (2, 0.0) if options.quick else (options.rounds, 2e-3)
    chosen = [p for p in PROGRAMS if any(text.lower() in p.name.lower() for text in options.programs)]
    if options.quick:
        absent.append("This was a quick run: its times are single calls and show only that everything runs")
    results = {program.name: measure(program, contenders, rounds, shortest) for program in chosen}
    text = as_text(results, contenders, absent, facts)
    report.publish("gradients", text, {"environment": facts, "programs": results}, options)


if __name__ == "__main__":
    main()
