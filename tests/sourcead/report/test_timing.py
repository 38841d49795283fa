"""`sourcead.profile`: times, counts and bytes by the user's own lines; the marked program computes the same."""

import ast
import copy
import inspect

import catalogue
import numpy as np
import oracle
import pytest

import sourcead
from sourcead.backend.module import altered
from sourcead.backend.places import places, statements
from sourcead.cli import main
from sourcead.errors import SourceADError, Unsupported
from sourcead.report.marking import Clock, mark

RATE = 0.5


def swing(x, w, n):
    total = 0.0
    for _ in range(n):
        x = np.sin(w * x)
        if n > 2:
            x = RATE * x
        total = total + np.sum(x * x)
    return total


def halve(x):
    if x > 0.0:
        return 0.5 * x * x
    return x


def calls_another(x, n):
    total = 0.0
    for i in range(n):
        total += halve(x[i])
    return total


def heavy(a, x):
    b = a @ a @ a
    y = np.sin(x)
    return np.sum(b) * np.sum(y)


def lines_of(found, function):
    """The lines of a profile by their number within the function."""
    first = inspect.getsourcelines(function)[1]
    return {line.origin.line - first: line for line in found.lines if line.origin is not None}


def test_every_statement_has_its_hits():
    found = sourcead.profile(sourcead.grad(swing), np.ones(50), 0.7, 5, calls=3)
    lines = lines_of(found, swing)
    assert found.calls == 3
    assert [lines[number].hits for number in (2, 3, 4, 5)] == [1.0, 5.0, 5.0, 5.0]
    assert lines[3].forward > 0.0 and lines[3].backward > 0.0
    assert [line.origin.text for line in found.lines if line.origin][0].startswith(("total", "for"))


def test_what_a_loop_keeps_is_counted():
    found = sourcead.profile(sourcead.grad(swing), np.ones(50), 0.7, 5, calls=2)
    lines = lines_of(found, swing)
    # Of each round the sine's argument, and the old value of the variable that takes the sine.
    assert lines[3].kept == 2 * 5 * 50 * 8
    assert sum(line.kept for line in found.lines) == 2 * 5 * 50 * 8


def test_the_line_that_takes_the_time_is_named():
    rng = np.random.default_rng(0)
    a, x = rng.random((250, 250)) / 250, rng.random(10)
    found = sourcead.profile(sourcead.grad(heavy, (0, 1)), a, x)
    lines = lines_of(found, heavy)
    assert found.plain > 0.0
    assert lines[1] is max(found.lines, key=lambda line: line.forward + line.backward)


def test_lines_of_callees_stand_with_their_own_function():
    found = sourcead.profile(sourcead.grad(calls_another), np.ones(8), 8, calls=4)
    text = [line.origin.text for line in found.lines if line.origin is not None]
    assert "return 0.5 * x * x" in text and any(line.startswith("total +=") for line in text)


def test_a_function_with_closure_variables():
    def outer(scale):
        def inner(x):
            y = np.sin(scale * x)
            return np.sum(y * y)

        return inner

    f = outer(2.0)
    found = sourcead.profile(sourcead.value_and_grad(f), np.ones(4), calls=2)
    assert {line.origin.text for line in found.lines if line.origin} >= {"y = np.sin(scale * x)"}


def test_the_derivative_itself_stays_as_it_is():
    df = sourcead.grad(swing)
    source, code = df.source, df.__code__
    before = df(np.ones(3), 0.7, 4)
    sourcead.profile(df, np.ones(3), 0.7, 4, calls=2)
    assert df.source == source and df.__code__ is code
    assert np.array_equal(df(np.ones(3), 0.7, 4), before)


def test_text_and_html():
    found = sourcead.profile(sourcead.grad(swing), np.ones(50), 0.7, 5, calls=2)
    head, rule, heads, again, *rows, last = str(found).split("\n")
    assert head.startswith("swing_grad at the lines of ") and head.endswith(" at best, means of 2 calls")
    assert heads.split() == ["Line", "Hits", "Forward", "Backward", "Share", "Kept", "Source"]
    assert rule == again == last and any(row.endswith("x = np.sin(w * x)") for row in rows)
    html = found._repr_html_()
    assert html.count("<tr>") == 1 + len(rows) and "x = np.sin(w * x)" in html


def test_only_emitted_functions_can_be_profiled():
    with pytest.raises(Unsupported, match="transform"):
        sourcead.profile(swing, np.ones(3), 0.7, 4)


def test_command_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "profiled_model.py").write_text(inspect.getsource(swing).replace("np.", "numpy."), encoding="utf-8")
    path = tmp_path / "profiled_model.py"
    path.write_text("import numpy\n\nRATE = 0.5\n\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["profile", f"{path}:swing", "--args", "np.ones(3), 0.7, 4", "--calls", "2"]) == 0
    out = capsys.readouterr().out
    assert "swing_grad" in out and "x = numpy.sin(w * x)" in out


def marked(df):
    clock = []

    def marks(tree, known):
        clock.append(Clock(known))
        return mark(tree, known, clock[0])

    return altered(df, marks), clock[0]


@pytest.mark.parametrize("case", [case for case in catalogue.cases() if case.program.scalar][::5], ids=str)
def test_marks_change_no_result(case):
    try:
        df = sourcead.value_and_grad(case.program.function, case.program.wrt)
        plain = df(*copy.deepcopy(case.args()), **copy.deepcopy(case.kwargs()))
    except SourceADError:
        assert case.program.may_refuse
        return
    run, clock = marked(df)
    again = run(*copy.deepcopy(case.args()), **copy.deepcopy(case.kwargs()))
    for a, b in zip(oracle.leaves(plain), oracle.leaves(again), strict=True):
        assert np.array_equal(a, b, equal_nan=True)
    assert sum(clock.marks) > 0


def test_places_match_the_text():
    df = sourcead.grad(calls_another)
    seen = []

    def look(tree, known):
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        bodies = [statement for function in functions for statement in statements(function.body)]
        seen.append((bodies, known))
        return {}

    altered(df, look)
    bodies, known = seen[0]
    assert len(bodies) == len(known)
    for statement, place in zip(bodies, known):
        text = ast.unparse(statement)
        if "_bar" in text.split("=")[0] and place.origin is not None:
            assert place.backward
    assert places([]) == ()
