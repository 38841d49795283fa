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
    line = step.origin.line
    assert step.kept[0] == f"`x` before it is overwritten: read by the adjoint of line {line}"
    assert "by counting backward" in facts(report, "for i").why
    assert facts(report, "if np.max").status == "emitted"
    assert facts(report, "np.tanh", 1).status == "emitted"


def test_loops_say_how_they_run_backward(report):
    assert "its tape is empty" in facts(report, "while").why or "counted" in facts(report, "while").why


def test_inactive_lines_say_why(report):
    assert facts(report, "names = ").why == "does not depend on theta"
    assert facts(report, "_unused").why == "the result does not depend on it"
    assert facts(report, "_unused").active == ("_unused",)
    assert "nothing in it carries a derivative" in facts(report, "np.isnan").why
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

    kept = [said for line in sourcead.explain(f).functions[0].lines for said in line.kept]
    assert len(kept) == 1 and kept[0].startswith("`x`: read by the adjoint")


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


def overwritten(x):
    y = x.copy()
    y[0] = y[1] * y[2]
    y[1:] *= 2.0
    z = y.T
    return np.sum(z * y)


def test_what_is_kept_names_those_who_read_it_and_no_other():
    table = sourcead.explain(overwritten)
    product, after = facts(table, "y[0]"), facts(table, "z = y.T")
    reader = f"read by the adjoint of line {product.origin.line}"
    assert facts(table, "y[1:]").kept[0] == f"a part of `y` before it is overwritten, as a copy: {reader}"
    assert after.kept == (f"`z`: read by the adjoint of line {after.origin.line + 1}",)


class Model:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        def squared(v):
            u = v * v
            return u

        return squared(self.w * x)


def modelled(w, x):
    m = Model(w)
    h = m(x)
    other = h
    h = 3.0
    return np.sum(other) + h


def test_what_is_written_out_in_place_is_told_where_it_is_called():
    table = sourcead.explain(modelled)
    lines = {line.origin.text: line for line in table.functions[0].lines}
    first = Model.__init__.__code__.co_firstlineno
    made = lines["m = Model(w)"]
    assert (made.status, made.why) == ("emitted", f"calls what is written out in its place: line {first + 1}")
    lines |= {line.origin.text: line for line in table.functions[1].lines}
    assert lines["return squared(self.w * x)"].why.endswith(f"lines {first + 5}, {first + 6}")
    given = lines["return u"]
    assert (given.status, given.why, given.active) == ("emitted", "what the function gives", ("u",))
    assert (lines["h = 3.0"].status, lines["h = 3.0"].active) == ("inactive", ())


def left(x):
    for k in range(3):
        x = x * 2.0
        if k == 1:
            continue
        if np.sum(x) > 100.0:
            break
    y = x
    y = np.round(x)
    return y + 2.0


def named(x):
    y = x * 2.0
    with sourcead.cotangent(y) as y_bar:
        y_bar = np.clip(y_bar, -1.0, 1.0)
    match x.shape:
        case (n,):
            y = y * n
        case (n, m) if m > 1:
            y = y * m
    return np.sum(y)


def test_every_line_says_what_is_so():
    table = sourcead.explain(left)
    assert {facts(table, t).why for t in ("continue", "break")} == {"control flow"}
    assert facts(table, "return").status == "inactive"
    table = sourcead.explain(named)
    assert {facts(table, t).status for t in ("with sourcead", "y_bar = np.clip", "y = y * m")} == {"emitted"}
    assert "belongs to the reverse sweep" in facts(table, "y_bar = np.clip").why
    assert "case (n,):" in {line.origin.text for line in table.functions[0].lines}
    forward = sourcead.tangent(named).explain()
    assert facts(forward, "y_bar = np.clip").status == "inactive"


def unneeded(x):
    try:
        k = int(x[0] > 0.0)
    except ValueError:
        k = 1
    y = CHOICES["sin"](x)
    print(y)
    return np.sum(x) * k


def test_what_needs_no_derivative_is_not_dynamic():
    table = sourcead.explain(unneeded)
    assert {line.status for line in table.functions[0].lines} == {"inactive", "emitted"}
    gradient = sourcead.grad(unneeded, dynamic="never")
    assert "# as it stands, for no derivative is needed of it (test_explaining.py:" in gradient.source
    assert "# dynamic" not in gradient.source
    assert np.array_equal(gradient(np.ones(2)), np.ones(2))


def test_a_call_chosen_at_run_time_says_so_where_the_graph_is_not_wanted():
    for made in (sourcead.grad, sourcead.tangent):
        with pytest.raises(sourcead.NoRule, match="known only when the program runs") as caught:
            made(chosen, dynamic="never")
        assert caught.value.origin.text == "return np.sum(CHOICES[name](y))"
        assert "Choose between the functions with `if`" in str(caught.value)
