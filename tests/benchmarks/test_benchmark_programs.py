"""The hand-written adjoints that the benchmarks measure against are right."""

import numpy as np
import pytest

from benchmarks.programs import element_loops
from benchmarks.programs.catalogue import PROGRAMS as MEASURED

PROGRAMS = [*MEASURED, *element_loops.programs(50)]


def gradients_of(program, function, arguments):
    result = function(*arguments)
    return result if len(program.wrt) > 1 else (result,)


def derivative_along(program, arguments, directions, step=1e-5):
    """Central difference of fourth order along one direction of all asked-for arguments together."""

    def at(t):
        moved = list(arguments)
        for position, direction in zip(program.wrt, directions, strict=True):
            moved[position] = arguments[position] + t * direction
        return program.loss(*moved)

    return (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step)


REFERENCES = [
    pytest.param(program, function, id=f"{kind}: {program.name}")
    for program in PROGRAMS
    for kind, function in (("hand", program.hand), ("textbook", program.textbook))
    if function is not None
]


@pytest.mark.parametrize("program, function", REFERENCES)
def test_reference_gradient_agrees_with_finite_differences(program, function):
    arguments = program.arguments()
    gradients = gradients_of(program, function, arguments)
    rng = np.random.default_rng(7)
    for position, gradient in enumerate(gradients):
        for _ in range(3):
            directions = [np.zeros(np.shape(arguments[p])) for p in program.wrt]
            directions[position] = rng.standard_normal(np.shape(gradient))
            expected = derivative_along(program, arguments, directions)
            assert np.sum(gradient * directions[position]) == pytest.approx(expected, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_reference_gradient_keeps_shapes_and_leaves_arguments_alone(program):
    arguments, untouched = program.arguments(), program.arguments()
    gradients = gradients_of(program, program.hand, arguments)
    assert [np.shape(g) for g in gradients] == [np.shape(arguments[p]) for p in program.wrt]
    for given, kept in zip(arguments, untouched, strict=True):
        np.testing.assert_array_equal(given, kept)
