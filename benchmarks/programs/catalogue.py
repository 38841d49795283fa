"""Every measured program, in the order of the tables."""

from __future__ import annotations

from benchmarks.programs import logistic_regression, mlp, rosenbrock, scalar_loops, stencil, vector_loops
from benchmarks.programs.program import Program

FAMILIES = (mlp, logistic_regression, rosenbrock, stencil, scalar_loops, vector_loops)
PROGRAMS: list[Program] = [program for family in FAMILIES for program in family.PROGRAMS]
