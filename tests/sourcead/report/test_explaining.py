"""`explain`: the facts of every line, and how they are shown."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead
from sourcead.report.explaining import Report


def scaled(y, k):
    z = np.tanh(y) * k
    return z * z + 1.0


def drive(theta, x, n):
    """The text of a function is no statement."""
    names = ["a"]
    for i in range(n):
        x = x + 0.1 * np.sin(theta * x)
        if np.max(x) > 3.0:
            x = 0.5 * x
        _unused = x * 3.0
        if np.any(np.isnan(x)):
            print(names)
    while np.sum(x) < 1.0:
        x = x * 2.0
    x = scaled(x, 2.0)
    try:
        y = x * 2
    except ValueError:
        y = x
    table = np.zeros(3)
    table[0] = y[0]
    return np.sum(y * x) + np.sum(table**2)


@sourcead.dynamic
def marked(x):
    return np.sqrt(x)


def with_marked(x):
    return np.sum(marked(x))


def facts(report, text, function=0):
    return next(line for line in report.functions[function].lines if text in line.origin.text)


@pytest.fixture(scope="module")
def report():
    return sourcead.explain(drive)


def test_functions(report):
    assert isinstance(report, Report) and isinstance(report, sourcead.Report)
    assert [(f.name, f.active) for f in report.functions] == [("drive", ("theta",)), ("scaled", ("y",))]
    assert "drive with respect to theta" in report.title


def test_every_statement_has_a_line(report):
    first = drive.__code__.co_firstlineno
    lines = [line.origin.line - first for line in report.functions[0].lines]
    assert lines == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19]


def test_emitted_lines(report):
    step = facts(report, "np.sin")
    assert step.status == "emitted" and "x" in step.active
    (kept,) = step.kept
    line = step.origin.line
    assert "`x` before it is overwritten" in kept and f"{line}" in kept
    assert "by counting backward" in facts(report, "for i").why
    assert facts(report, "if np.max").status == "emitted"
    assert facts(report, "np.tanh", 1).status == "emitted"


def test_loops_say_how_they_run_backward(report):
    assert "its tape is empty" in facts(report, "while").why or "counted" in facts(report, "while").why


def test_inactive_lines_say_why(report):
    assert facts(report, "names = ").why == "does not depend on theta"
    assert facts(report, "_unused").why == "the result does not depend on it"
    assert facts(report, "_unused").active == ("_unused",)
    assert "carries no derivative" in facts(report, "np.isnan").why
    assert {facts(report, t).status for t in ("names = ", "_unused", "np.isnan", "print")} == {"inactive"}


def test_dynamic_lines_say_why(report):
    region = facts(report, "try")
    assert region.status == "dynamic" and "`try`" in region.why
    inside = facts(report, "y = x * 2")
    assert inside.status == "dynamic" and str(region.origin.line) in inside.why
    called = facts(sourcead.explain(with_marked), "return")
    assert called.status == "dynamic" and "@dynamic" in called.why


def test_a_line_whose_value_nobody_needs_keeps_nothing():
    def f(x):
        for _ in range(3):
            x = x * 2.0
        return np.sum(x)

    assert all(not line.kept for line in sourcead.explain(f).functions[0].lines)


def test_derivatives_explain_themselves():
    for transform in (sourcead.grad, sourcead.value_and_grad, sourcead.adjoint, sourcead.jacobian, sourcead.hessian):
        shown = transform(drive).explain()
        assert shown.functions[0].name == "drive" and transform.__name__ in shown.title
    forward = sourcead.tangent(drive).explain()
    assert facts(forward, "np.sin").status == "emitted"
    assert not any(line.kept for f in forward.functions for line in f.lines)


def test_dynamic_as_a_whole():
    found = sourcead.explain(drive, dynamic="always")
    lines = found.functions[0].lines
    assert {line.status for line in lines} == {"dynamic"} and len(lines) > 3
    assert "always" in lines[0].why


def test_with_arguments_the_bytes_are_told():
    found = sourcead.explain(drive, "theta", 0.3, np.ones(4), 5)
    assert any("160 B" in kept for kept in facts(found, "np.sin").kept)


def test_tables(report):
    text = str(report)
    assert text.splitlines()[0] == report.title
    row = next(line for line in text.splitlines() if "np.sin" in line)
    assert row.split()[1] == "emitted"
    html = report._repr_html_()
    assert html.count("<table>") == 2 and "&lt; 1.0" in html


def test_rich_tables(report):
    console = pytest.importorskip("rich.console")
    shown = console.Console(width=200, record=True, file=open("/dev/null", "w"))
    shown.print(report)
    assert "np.sin" in shown.export_text()


def test_refusals():
    with pytest.raises(sourcead.UnknownArgument):
        sourcead.explain(drive, "nothing")
    with pytest.raises(sourcead.NoRule):
        sourcead.explain(with_marked, dynamic="never")


CHOICES = {"sin": np.sin, "cos": np.cos}


def chosen(x, name="sin"):
    y = 2.0 * x
    return np.sum(CHOICES[name](y))


def left_early(x):
    y = 2.0 * x
    for _ in range(3):
        try:
            y = y * np.sin(y)
            if y[0] > 1.0:
                continue
        except ZeroDivisionError:
            pass
    return y


def kept_generator(x):
    def squares():
        for v in x:
            yield v * v

    s = 0.0
    for v in squares():
        s = s + v
    running = squares()
    return s * next(running)


def test_a_call_chosen_at_run_time_says_why_in_text_and_table():
    said = "the function that is called is known only when the program runs"
    for made in (sourcead.grad(chosen), sourcead.tangent(chosen)):
        assert f"# dynamic: {said} (test_explaining.py:" in made.source
    assert facts(sourcead.explain(chosen), "CHOICES[name]").why == said
    source = sourcead.grad(with_marked).source
    assert "# dynamic: `marked` is marked with @dynamic (test_explaining.py:" in source


def test_all_lines_of_a_region_are_dynamic():
    table = sourcead.explain(left_early)
    assert facts(table, "continue").status == facts(table, "pass").status == "dynamic"
    given = facts(table, "return y")
    assert (given.status, given.why, given.active) == ("emitted", "what the function gives", ("y",))


def test_what_a_sum_begins_with_does_not_depend_on_the_argument():
    table = sourcead.explain(kept_generator)
    start = facts(table, "s = 0.0")
    assert (start.status, start.why) == ("inactive", "does not depend on x")
    assert facts(table, "running = squares()").why.startswith("`squares`, a generator that is kept (test_explain")
