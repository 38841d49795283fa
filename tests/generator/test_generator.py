"""A fixed set of random programs: every derivative agrees with finite differences or is refused."""

import json
import random
from collections import Counter

import compare
import pytest
from compare import MODES, WRONG, Case, case_of, examine, load, weighted, weights
from drawing import KINDS, draw
from generator import batch, campaign, replay
from shrinking import shrink

PROGRAMS = 80
FIRST = 300_000


def program(*lines: str, wrt: tuple[int, ...] = (0, 1, 2, 3), modes: tuple[str, ...] = ("reverse",)) -> Case:
    body = "".join(f"    {line}\n" for line in lines)
    return Case(f"import numpy as np\n\n\ndef f(x, y, m, p):\n{body}", wrt, modes)


@pytest.fixture(scope="module")
def found():
    return batch(range(FIRST, FIRST + PROGRAMS))


def test_no_program_has_a_wrong_derivative(found):
    failures = found.failures
    assert not failures, "\n".join(f"{f['mode']} {f['outcome']}: {f['facts']}\n{f['source']}" for f in failures)


def test_most_programs_have_a_derivative(found):
    assert found.outcomes["agree"] >= 0.9 * PROGRAMS, found.refused
    assert sum(map(len, found.refused.values())) == found.outcomes["refused"]


def test_a_seed_always_draws_the_same_program():
    random.seed(1)
    first = draw(7)
    random.seed(2)
    assert draw(7) == first
    assert draw(8) != first
    assert case_of(7, first) == case_of(7, first)


def test_programs_use_what_the_language_has():
    text = "".join(draw(seed) for seed in range(2500))
    constructs = ("for ", "while ", "if ", "else:", "elif ", "break", "continue", "return a", "try:", "with ", "match ")
    changes = (".append(", "+=", "[1:3]", ".copy()", '["k"]', "np.add.at(", "out=", ".reshape(", ".T", "np.copyto(")
    calls = ("g0(", "lambda a", "nonlocal ", "n - 1", "np.linalg.", " if e < 5.0]", "enumerate(", "zip(", ":= ")
    objects = (
        "class Pair(",
        "super()",
        ".half",
        ".scale(",
        "Point(",
        "Couple(",
        ".items()",
        ".get(",
        ".insert(0",
        "key=",
    )
    more = (
        "case {",
        "case [",
        "case Pair(",
        "einsum",
        ".reshape(2, 3, 2)",
        "np.ix_(",
        "b=",
        "*(",
        "functools.partial(",
        "yield ",
        "return made",
        "_other(",
        "['c']['k']",
        ", *",
        "1j",
        "where=",
        "del ",
        "assert ",
    )
    for construct in (*constructs, *changes, *calls, *objects, *more):
        assert construct in text, construct
    assert len(KINDS) > 20


def test_every_mode_is_drawn():
    modes = Counter(mode for seed in range(200) for mode in case_of(seed, "").modes)
    assert set(modes) == set(MODES)
    assert modes["reverse"] == 200


def test_program_that_does_not_run_is_unsuitable():
    assert examine(program("return nowhere")).outcome == "unsuitable"
    assert examine(program("return x[9]")).outcome == "unsuitable"
    assert examine(program("return (")).outcome == "unsuitable"
    assert examine(program("return abs(p - p)")).outcome == "agree"


def test_program_that_does_not_end_is_unsuitable():
    assert examine(program("while True:", "    p = p * 1.0", "return p")).outcome == "unsuitable"


def test_program_at_a_jump_is_unsuitable():
    assert examine(program("q = x[0]", "q = q - q", "return np.floor(p * 1e7)")).outcome == "unsuitable"


def test_program_whose_derivative_is_lost_to_rounding_is_unsuitable(monkeypatch):
    grown = ("p = np.expm1(1.0 + 0.1 * p)", "for k in range(len(x)):", "    p *= p * p")
    signs = "w = np.copysign(np.array([1.45, 1.77, 0.7]) * p, [[1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]])"
    case = program(*grown, signs, "return np.sum(np.sin(w))")
    assert examine(case).outcome == "unsuitable"
    monkeypatch.setattr(compare, "_unsettled", lambda *given: False)
    assert examine(case).outcome == "derivative"


def test_second_derivatives_are_asked_of_numbers_only():
    assert examine(program("return x * p, y", modes=("second",))).outcome == "agree"


@pytest.mark.parametrize("mode", MODES)
def test_modes_agree_on_a_plain_program(mode):
    assert examine(program("return np.sum(np.sin(x) * y) * p", modes=(mode,))).outcome == "agree"


def test_results_of_several_values_are_weighted():
    case = program("return {'a': x * p, 'b': [np.sum(m), y]}", modes=("reverse", "forward"))
    assert examine(case).outcome == "agree"
    value = {"a": [1.0, 2.0], "b": (3.0,)}
    assert weights(value, compare.np.random.default_rng(1)).keys() == value.keys()
    assert weighted(2.0, compare.np.random.default_rng(1)) == pytest.approx(
        2.0 * weights(2.0, compare.np.random.default_rng(1))
    )


def test_wrong_rules_are_found_made_small_and_kept(monkeypatch, tmp_path, capsys):
    lines = ("a = np.sin(x)", "b = x * y", "for i in range(2):", "    a = a * 0.5", "return np.sum(b) * p")
    text = program(*lines)
    assert examine(text).outcome == "agree"
    right = compare.reference

    def skewed(f, point, direction):
        known = right(f, point, direction)
        return known and (known[0], 1e3)

    monkeypatch.setattr(compare, "reference", skewed)
    assert examine(text).outcome == "derivative"
    kept = shrink(text, "derivative", "reverse").source
    assert "return" in kept and "for" not in kept and "np.sin" not in kept
    corpus = tmp_path / "failures.jsonl"
    outcomes = campaign(FIRST, 3, 1, corpus, quiet=True).outcomes
    assert sum(outcomes[outcome] for outcome in WRONG) == len(corpus.read_text().splitlines()) > 0
    assert replay(corpus) > 0
    monkeypatch.setattr(compare, "reference", right)
    assert replay(corpus) == 0
    entry = json.loads(corpus.read_text().splitlines()[0])
    assert entry.keys() >= {"seed", "outcome", "mode", "facts", "wrt", "source", "versions"}
    capsys.readouterr()


def test_source_of_a_loaded_program_is_known():
    f = load("def f(x):\n    return x\n")
    assert f(3) == 3 and f.__code__.co_filename.startswith("<program")
