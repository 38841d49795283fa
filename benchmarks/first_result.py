"""One fresh process, one first gradient: prints seconds as JSON. Started by `benchmarks.startup`.

    python -m benchmarks.first_result CONTENDER PROGRAM [WARM_UP_PROGRAM ...]

Imports are done when the clock starts. "transform" is the time of making the gradient function and "result" adds its
first call. Programs named behind the first one are differentiated before the clock starts.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.peers.contender import load
from benchmarks.programs.catalogue import PROGRAMS
from benchmarks.programs.fifty_lines import epidemic_arguments, epidemic_loss
from benchmarks.programs.program import Program

FIFTY_LINES = "fifty lines"


def program_named(name: str) -> Program:
    """A program of the catalogue, or the function of fifty lines, which is transformed but never compared."""
    if name == FIFTY_LINES:
        return Program(FIFTY_LINES, "loop", epidemic_loss, epidemic_loss, (0, 1), epidemic_arguments)
    (program,) = (p for p in PROGRAMS if p.name == name)
    return program


def first_result(contender_name: str, program: Program) -> dict[str, float]:
    """Seconds of the transform, and of the transform and the first call together."""
    contender = load(contender_name)
    arguments = contender.prepare(program, program.arguments())
    begin = time.perf_counter()
    gradient = contender.transform(program)
    transformed = time.perf_counter()
    gradient(*arguments)
    return {"transform": transformed - begin, "result": time.perf_counter() - begin}


def main() -> None:
    contender_name, measured, *warm_up = sys.argv[1:]
    for name in warm_up:
        first_result(contender_name, program_named(name))
    print(json.dumps(first_result(contender_name, program_named(measured))))


if __name__ == "__main__":
    main()
