"""Time before the first gradient: import, transformation of fifty lines, and the first result of each contender.

    python -m benchmarks.startup [--quick]

Every number is the median over fresh interpreters.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks import report, threads
from benchmarks.first_result import FIFTY_LINES
from benchmarks.peers.contender import Contender, installed
from benchmarks.programs import mlp, scalar_loops, vector_loops

FIRST_RESULTS = [mlp.PROGRAMS[1], scalar_loops.PROGRAMS[1], vector_loops.PROGRAMS[1]]
UNROLLED = scalar_loops.PROGRAMS[1]
IMPORT_LIMIT = 0.3
TRANSFORM_LIMIT = 0.1
MODULES = {"sourcead": "sourcead", "autograd": "autograd", "tangent": "tangent", "torch": "torch", "jax": "jax"}
TIMED_IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def fresh(*arguments: str) -> Any:
    """What a fresh interpreter prints, read as JSON."""
    # Modules are compiled by the first interpreter, as on a user's machine, whatever this one was told.
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, env=kept)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def import_seconds(module: str, runs: int) -> float:
    """Median import time of a module. The first run warms the disk and is thrown away."""
    report.progress(f"import {module}: {runs} fresh interpreters")
    return statistics.median([fresh("-c", TIMED_IMPORT.format(module)) for _ in range(runs + 1)][1:])


def first_seconds(contender: str, program: str, runs: int, warm_up: Sequence[str] = ()) -> dict[str, float]:
    """Medians of what `benchmarks.first_result` prints."""
    report.progress(f"{contender}, {program}: {runs} fresh interpreters")
    taken = [fresh("-m", "benchmarks.first_result", contender, program, *warm_up) for _ in range(runs)]
    return {key: statistics.median(seconds[key] for seconds in taken) for key in taken[0]}


def verdict(seconds: float, limit: float) -> str:
    """Whether a time keeps its limit, in words."""
    return f"{report.duration(seconds)}, limit {report.duration(limit)}: {'kept' if seconds <= limit else 'MISSED'}"


def as_text(numbers: dict[str, Any], contenders: list[Contender], absent: list[str]) -> str:
    """The tables and what is needed to read them."""
    names = [c.name for c in contenders]
    imports = [[module, report.duration(seconds)] for module, seconds in numbers["import"].items()]
    results = [
        [program, *(report.duration(by_name[name]["result"]) for name in names)]
        for program, by_name in numbers["first result"].items()
    ]
    paragraphs = [
        "# Time before the first gradient",
        f"{report.facts_as_text(numbers['environment'])}.",
        "## Import\n\n" + report.table(["module", "time"], imports),
        "NumPy is part of every other one.",
        "## From asking for the gradient to its first value\n\n" + report.table(["program", *names], results),
        "Imports are done before. `hand` is its first call alone; `jax` traces and compiles.",
    ]
    if "jax, plain loop" in numbers:
        seconds = report.duration(numbers["jax, plain loop"]["result"])
        paragraphs.append(f"- {UNROLLED.name}, as a plain Python loop under `jax.jit`: {seconds}, measured once.")
    if "sourcead" in numbers["import"]:
        fifty = numbers["fifty lines"]
        paragraphs += [
            "## Limits",
            f"- Import of sourcead: {verdict(numbers['import']['sourcead'], IMPORT_LIMIT)}.\n"
            f"- Transformation of fifty lines, the first of a process: {verdict(fifty['cold'], TRANSFORM_LIMIT)}.\n"
            f"- The same after three other functions: {verdict(fifty['warm'], TRANSFORM_LIMIT)}.",
        ]
    paragraphs.append("\n".join(f"- {line}." for line in absent))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def main() -> None:
    options = report.parser_for(__doc__).parse_args()
    threads.use_one_thread()
    contenders, absent = installed()
    runs, programs = (1, FIRST_RESULTS[:1]) if options.quick else (10, FIRST_RESULTS)
    modules = ["numpy", *(MODULES[c.name] for c in contenders if c.name in MODULES)]
    numbers: dict[str, Any] = {
        "environment": report.environment(contenders),
        "import": {module: import_seconds(module, runs) for module in modules},
        "first result": {
            program.name: {c.name: first_seconds(c.name, program.name, runs) for c in contenders}
            for program in programs
        },
    }
    if "sourcead" in modules:
        warm_up = [program.name for program in FIRST_RESULTS]
        numbers["fifty lines"] = {
            "cold": first_seconds("sourcead", FIFTY_LINES, runs)["transform"],
            "warm": first_seconds("sourcead", FIFTY_LINES, runs, warm_up)["transform"],
        }
    if "jax" in modules and not options.quick:
        numbers["jax, plain loop"] = first_seconds("jax_unrolled", UNROLLED.name, 1)
    report.publish("startup", as_text(numbers, contenders, absent), numbers, options)


if __name__ == "__main__":
    main()
