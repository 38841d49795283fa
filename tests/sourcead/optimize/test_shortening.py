"""The passes that make emitted text short: text in, text out."""

from __future__ import annotations

import builtins
import textwrap

import gast
import numpy as np
import pytest

from runtime import kernels
from sourcead.backend.printing import to_text
from sourcead.frontend.names import MISSING
from sourcead.optimize.checks import check_once
from sourcead.optimize.dead import drop_dead
from sourcead.optimize.fold import Fold
from sourcead.optimize.known import Known
from sourcead.optimize.shapes import read_shapes_elsewhere
from sourcead.optimize.targets import name_at_once


def resolve(node):
    """What a function's name stands for in these texts."""
    if isinstance(node, gast.Attribute) and isinstance(node.value, gast.Name) and node.value.id == "np":
        return getattr(np, node.attr)
    name = getattr(node, "id", "")
    return getattr(kernels, name, None) or getattr(builtins, name, MISSING)


def body_of(text):
    return gast.parse(textwrap.dedent(text)).body


def text_of(body):
    return to_text(body).strip()


def known():
    return Known(resolve, frozenset({"inner"}))


DEAD = {
    "a value that nobody reads": (
        """
        h = np.tanh(x)
        loss = np.sum(h)
        return h
        """,
        """
        h = np.tanh(x)
        return h
        """,
    ),
    "what only a dropped statement read": (
        """
        a = x + 1.0
        b = np.sin(a)
        return x
        """,
        "return x",
    ),
    "an unknown call stays, for it may do anything": (
        """
        a = report(x)
        return x
        """,
        """
        a = report(x)
        return x
        """,
    ),
    "a call of an emitted function without effects goes": (
        """
        a = inner(x)
        return x
        """,
        "return x",
    ),
    "a check stays": (
        """
        require_real("x", x)
        return x
        """,
        """
        require_real("x", x)
        return x
        """,
    ),
    "a loop left empty goes with its tape": (
        """
        x_tape = []
        for i in range(n):
            x_tape.append(x)
        return x
        """,
        "return x",
    ),
    "what the next round reads stays": (
        """
        for i in range(n):
            total = total + carried
            carried = np.sin(x)
        return total
        """,
        """
        for i in range(n):
            total = total + carried
            carried = np.sin(x)
        return total
        """,
    ),
    "a branch with one side left turns its test": (
        """
        if x > 0.0:
            a = 1.0
        else:
            y = 2.0
        return y
        """,
        """
        if not x > 0.0:
            y = 2.0
        return y
        """,
    ),
    "a write into an array that is read": (
        """
        u[0] = x
        w[0] = x
        return u
        """,
        """
        u[0] = x
        return u
        """,
    ),
    "a value popped from a tape that others read": (
        """
        a = x_tape.pop()
        b = x_tape.pop()
        return b
        """,
        """
        a = x_tape.pop()
        b = x_tape.pop()
        return b
        """,
    ),
}


@pytest.mark.parametrize("name", DEAD)
def test_dead_statements_go(name):
    before, after = DEAD[name]
    assert text_of(drop_dead(body_of(before), known(), frozenset())) == text_of(body_of(after))


def test_a_write_seen_through_another_name_stays():
    body = body_of("w[0] = x\nreturn u")
    assert text_of(drop_dead(body, known(), frozenset({"w"}))) == "w[0] = x\nreturn u"


FOLDED = {
    "one use": (
        """
        t = theta * x
        s = np.sin(t)
        y = x + 0.1 * s
        return y
        """,
        """
        y = x + 0.1 * np.sin(theta * x)
        return y
        """,
    ),
    "an array that is then written into": (
        """
        t = np.full_like(x, 1.0)
        t[0] = t[0] + y
        return 2.0 * t
        """,
        """
        t = np.full_like(x, 1.0)
        t[0] = t[0] + y
        return 2.0 * t
        """,
    ),
    "two uses stay": (
        """
        t = theta * x
        y = t * np.sin(t)
        return y
        """,
        """
        t = theta * x
        y = t * np.sin(t)
        return y
        """,
    ),
    "not past a change of what it reads": (
        """
        t = theta * x
        x = x + 1.0
        y = t + x
        return y
        """,
        """
        t = theta * x
        x = x + 1.0
        y = t + x
        return y
        """,
    ),
    "not past a change in place of what it reads": (
        """
        t = x[1:]
        x[0] = 2.0
        y = t + 1.0
        return y
        """,
        """
        t = x[1:]
        x[0] = 2.0
        y = t + 1.0
        return y
        """,
    ),
    "not past a change through another name": (
        """
        t = x[1:]
        view[0] = 2.0
        y = t + 1.0
        return y
        """,
        """
        t = x[1:]
        view[0] = 2.0
        y = t + 1.0
        return y
        """,
    ),
    "not into a loop": (
        """
        t = np.exp(x)
        for i in range(n):
            y = y * t
        return y
        """,
        """
        t = np.exp(x)
        for i in range(n):
            y = y * t
        return y
        """,
    ),
    "a first sum": (
        """
        x_bar = a * b
        x_bar += c
        return x_bar
        """,
        """
        x_bar = a * b + c
        return x_bar
        """,
    ),
    "a line that would grow too long": (
        """
        t = a * b + c * d + e * f + a * c
        s = t / (a * d + b * c + e * e + f * a)
        y = s + a * b * c * d
        return y
        """,
        """
        t = a * b + c * d + e * f + a * c
        s = t / (a * d + b * c + e * e + f * a)
        y = s + a * b * c * d
        return y
        """,
    ),
}


@pytest.mark.parametrize("name", FOLDED)
def test_values_go_back_where_they_are_used(name):
    before, after = FOLDED[name]
    sharing = {"x": frozenset({"view"}), "view": frozenset({"x"})}
    fold = Fold(frozenset({"t", "s"}), known(), sharing, "take_out", frozenset({"x_bar"}), frozenset())
    assert text_of(fold.run(body_of(before))) == text_of(body_of(after))


def test_a_copy_that_is_consumed_at_once_is_a_view():
    before = "t = take_out(u_bar[0])\nx_bar += 2.0 * t\nu_bar[0] = 0.0\nreturn x_bar"
    after = "x_bar += 2.0 * u_bar[0]\nu_bar[0] = 0.0\nreturn x_bar"
    fold = Fold(frozenset({"t"}), known(), {}, "take_out", frozenset(), frozenset())
    assert text_of(fold.run(body_of(before))) == after


def test_a_copy_that_outlives_a_change_stays():
    text = "t = take_out(u_bar[0])\nu_bar[0] = 0.0\nx_bar += 2.0 * t\nreturn x_bar"
    fold = Fold(frozenset({"t"}), known(), {}, "take_out", frozenset(), frozenset())
    assert text_of(fold.run(body_of(text))) == text


def test_a_shape_is_read_from_the_simplest_variable():
    body = body_of("t = d ** 2\nd_bar = np.full_like(t, 1.0) * d\nreturn d_bar")
    shorter = text_of(read_shapes_elsewhere(body, frozenset({"d"})))
    assert shorter == "t = d ** 2\nd_bar = np.full_like(d, 1.0) * d\nreturn d_bar"


def test_a_shape_is_not_read_from_a_variable_made_anew():
    text = "t = d ** 2\nd = d[1:]\nd_bar = np.full_like(t, 1.0) * d\nreturn d_bar"
    assert text_of(read_shapes_elsewhere(body_of(text), frozenset({"d"}))) == text


TAPES = {
    "nobody reads what is popped": (
        """
        t_tape = []
        for i in range(n):
            t_tape.append(np.sin(x))
            x = x + 1.0
        for i in reversed(range(n)):
            t = t_tape.pop()
            x_bar = 2.0 * x_bar
        return x_bar
        """,
        """
        for i in reversed(range(n)):
            x_bar = 2.0 * x_bar
        return x_bar
        """,
    ),
    "the next round reads it": (
        """
        t_tape = []
        for i in range(n):
            t_tape.append(x)
        for i in reversed(range(n)):
            x_bar = x_bar * t
            t = t_tape.pop()
        return x_bar
        """,
        None,
    ),
    "its length is a test": (
        """
        t_tape = []
        while x < 2.0:
            t_tape.append(x)
            x = x * x
        while t_tape:
            t = t_tape.pop()
            x_bar = 2.0 * x_bar
        return x_bar
        """,
        None,
    ),
    "it goes back into an array": (
        """
        t_tape = []
        for i in range(n):
            t_tape.append(y[i])
            y[i] = 0.0
        for i in reversed(range(n)):
            y[i] = t_tape.pop()
            x_bar = x_bar + y[i]
        return x_bar
        """,
        None,
    ),
    "what is kept has an effect": (
        """
        t_tape = []
        for i in range(n):
            t_tape.append(report(x))
        for i in range(n):
            t = t_tape.pop()
        return x
        """,
        None,
    ),
}


@pytest.mark.parametrize("name", TAPES)
def test_tapes_go_when_nothing_popped_is_read(name):
    before, after = TAPES[name]
    kept = drop_dead(body_of(before), known(), frozenset(), frozenset({"t_tape"}))
    assert text_of(kept) == text_of(body_of(after or before))


def test_a_list_of_the_users_is_no_tape():
    text = "xs = []\nxs.append(x)\nt = xs.pop()\nreturn x"
    assert text_of(drop_dead(body_of(text), known(), frozenset())) == text


def test_what_lasts_is_kept():
    text = "print(x)\nlog.append(x)\nreturn u"

    def lasting(node):
        return [] if getattr(node, "id", "") == "log" else resolve(node)

    assert text_of(drop_dead(body_of(text), Known(lasting, frozenset()), frozenset())) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x_bar = 1.0 * x * 3.0", "x_bar = x * 3.0"),
        ("x_bar = -(1.0 * x)", "x_bar = -x"),
        ("x_bar = 1.0 * (x * y)", "x_bar = x * y"),
        ("x_bar = 1.0 * n * 2", "x_bar = 1.0 * n * 2"),  # `n` may be a whole number
        ("x_bar = np.sum(1.0 * x)", "x_bar = np.sum(1.0 * x)"),  # the sum of an array that is not known to be one
        ("x_bar = 1.0 * x", "x_bar = 1.0 * x"),  # a second name for `x`, which the result would give away
    ],
)
def test_a_product_with_one_goes_where_a_new_float_is_made(before, after):
    fold = Fold(frozenset(), known(), {}, None, frozenset({"x_bar"}), frozenset({"x", "y"}))
    end = "\nreturn x_bar"
    assert text_of(fold.run(body_of(before + end))) == after + end


def test_arguments_are_checked_once():
    before = """
    require_real("x", x)
    require_real("x", x, arrays="x")
    require_real("x, y", x, y)
    require_numbers(x=x)
    require_numbers(x=x)
    x = x + 1
    require_numbers(x=x)
    """
    after = """
    require_real("x", x, arrays="x")
    require_real("x, y", x, y)
    require_numbers(x=x)
    x = x + 1
    require_numbers(x=x)
    """
    assert text_of(check_once(body_of(before))) == text_of(body_of(after))
    shorter = """
    require_real("x", x, arrays="x")
    require_real("x", x)
    """
    assert text_of(check_once(body_of(shorter))) == 'require_real("x", x, arrays="x")'


def test_results_get_their_last_names_at_once():
    before = """
    t, t_tape = step_fwd(x, v)
    x = t[0]
    v = t[1]
    a, b = step_bwd(t_tape, [x_bar, v_bar])
    x_bar = a
    v_bar = b
    return x_bar, v_bar
    """
    after = """
    (x, v), t_tape = step_fwd(x, v)
    x_bar, v_bar = step_bwd(t_tape, [x_bar, v_bar])
    return x_bar, v_bar
    """
    own = frozenset({"t", "t_tape", "a", "b"})
    assert text_of(name_at_once(body_of(before), own, {"t": 2}, known())) == text_of(body_of(after))


@pytest.mark.parametrize(
    "text",
    [
        "t = step(x)\nx = t[0]\nreturn x",  # the other entry is not read, and may not be there
        "t = step(x)\nx = t[0]\nv = t[1]\nreturn x + t",
        "t = step(x)\nx = t[1]\nv = t[0]\nreturn x + v",
        "a, b = step(x)\nb_bar = x\nx = a\nreturn x + b",
        "a, x = step(x)\nx = a\nreturn x",
    ],
)
def test_names_that_do_more_than_hand_on_stay(text):
    own = frozenset({"t", "a", "b"})
    assert text_of(name_at_once(body_of(text), own, {"t": 2}, known())) == text
