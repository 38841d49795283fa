"""A fixed set of random programs: every derivative agrees with finite differences or is refused."""

import random

import pytest
from compare import WRONG, Finding, examine, load, reference, shrink
from drawing import Program, Statement, draw

PROGRAMS = 100
FIRST = 300_000
LONGEST = 4


def program(*lines: str) -> Program:
    return Program([Statement("def f(x, y, m, p):", [Statement(line) for line in lines], fixed=True)])


@pytest.fixture(scope="module")
def findings() -> dict[int, Finding]:
    return {seed: examine(draw(seed, LONGEST)) for seed in range(FIRST, FIRST + PROGRAMS)}


def test_no_program_has_a_wrong_derivative(findings):
    wrong = {seed: finding for seed, finding in findings.items() if finding.outcome in WRONG}
    assert not wrong, "\n".join(f"{finding}\n{draw(seed, LONGEST).source()}" for seed, finding in wrong.items())


def test_most_programs_have_a_derivative(findings):
    agreed = sum(finding.outcome == "agree" for finding in findings.values())
    assert agreed >= 0.5 * PROGRAMS


def test_a_seed_always_draws_the_same_program():
    random.seed(1)
    first = draw(7).source()
    random.seed(2)
    assert draw(7).source() == first
    assert draw(8).source() != first


def test_programs_use_what_the_language_has():
    text = "".join(draw(seed).source() for seed in range(200))
    for construct in (
        "for ",
        "while ",
        "if ",
        "else:",
        "break",
        "continue",
        ".append(",
        "+=",
        "[1:3]",
        "g0(",
        ".copy()",
        '["k"]',
    ):
        assert construct in text


def test_program_that_does_not_run_is_unsuitable():
    assert examine(program("return nowhere")).outcome == "unsuitable"
    assert examine(program("return x[9]")).outcome == "unsuitable"
    assert examine(program("return abs(p - p)")).outcome == "agree"


def test_program_at_a_kink_is_unsuitable():
    assert examine(program("z = x - x", "return np.sum(abs(z + p - p))")).outcome in ("agree", "unsuitable")
    assert examine(program("q = x[0]", "q = q - q", "return np.floor(p * 1e7)")).outcome == "unsuitable"


def test_wrong_rules_are_found_and_made_small(monkeypatch):
    text = program("a = np.sin(x)", "b = x * y", "for i in range(2):", "return np.sum(b) * p")
    text.functions[0].body[2].body.append(Statement("a = a * 0.5"))
    assert examine(text).outcome == "agree"

    def skewed(f, point, direction):
        found = reference(f, point, direction)
        return found and (found[0], 1e3)

    monkeypatch.setattr("compare.reference", skewed)
    assert examine(text).outcome == "grad"
    kept = shrink(text, "grad").source()
    assert "return" in kept and "for" not in kept and "np.sin" not in kept


def test_source_of_a_loaded_program_is_known():
    f = load("def f(x):\n    return x\n")
    assert f(3) == 3 and f.__code__.co_filename.startswith("<program")
