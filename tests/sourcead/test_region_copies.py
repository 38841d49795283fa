"""What a region changes is a copy with the same elements: an array in a list stays the one that other names hold."""

from __future__ import annotations

import copy
import linecache
import textwrap
import typing
import zlib

import numpy as np
import pytest

import sourcead
from runtime.kernels import copied
from sourcead.errors import SourceADError


class Box:
    pass


HELD = {
    "u = [y, y]": ["u.append(x)", "u[0] = u[0] * x", "u.pop(0); u.insert(0, y)"],
    "u = {'k': y}": ["u['n'] = x"],
    "u = Box()\nu.k = y": ["u.n = x"],
    "u = [y[1:], 2.0]": ["u.append(x)"],
    "u = y.reshape(2, 2)": ["u[0] = x"],
}
PLACES = {"u = [y, y]": "u[1]", "u = {'k': y}": "u['k']", "u = Box()\nu.k = y": "u.k", "u = [y[1:], 2.0]": "u[0]"}
REGIONS = [
    "try:\n    pass\nexcept ZeroDivisionError:\n    {change}",
    "try:\n    {change}\nexcept ZeroDivisionError:\n    pass",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    {change}",
]
AFTER = ["y[3] -= 0.5", "y *= 2.0", "{place}[1] = x", "{place}[...] = x * 2", "np.add(y, x, out=y)", "y[1:][0] = 7.0"]
READ = ["np.sum({place})", "np.sum(y)"]
X, Y, D = 1.3, np.array([1.0, 2.0, 0.5, 0.7]), np.array([0.3, -0.2, 0.7, 0.4])


def _programs():
    for held, changes in HELD.items():
        place = PLACES.get(held, "u")
        for change in changes:
            for region in REGIONS:
                for after in AFTER:
                    for read in READ:
                        body = ["y = y * 1.0", held, region, after, f"return x * {read}"]
                        yield "\n".join(body).replace("{change}", change).replace("{place}", place)


def _function(body):
    source = "def f(x, y):\n" + textwrap.indent(body, "    ") + "\n"
    file = f"<region copies {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "Box": Box}
    exec(compile(source, file, "exec"), scope)
    return scope["f"]


def _agrees(body):
    """Whether the derivatives of a program are right; False where it is refused."""
    f = _function(body)
    h = 1e-6
    slope = (f(X + h, Y + h * D) - f(X - h, Y - h * D)) / (2 * h)
    try:
        x_bar, y_bar = sourcead.grad(f, (0, 1))(X, Y)
        tangent = sourcead.tangent(f, (0, 1))(X, Y, 1.0, D)[1]
    except SourceADError:
        return False
    assert x_bar + y_bar @ D == pytest.approx(slope, rel=1e-6), body
    assert tangent == pytest.approx(slope, rel=1e-6), body
    return True


@pytest.mark.parametrize("part", range(6))
def test_a_change_by_another_name_is_seen(part):
    agreed = [_agrees(body) for body in list(_programs())[part::18]]
    assert sum(agreed) > len(agreed) // 2


def test_a_list_that_a_region_makes_holds_the_array_itself():
    def f(x, y):
        y = y * 1.0
        try:
            kept = [y]
        except ZeroDivisionError:
            kept = []
        y[3] -= 0.5 * x
        return x * np.sum(kept[0])

    x_bar, y_bar = sourcead.grad(f, (0, 1))(X, Y)
    assert x_bar == pytest.approx(np.sum(Y) - X)
    assert y_bar == pytest.approx(np.full(4, X))


def test_a_number_that_a_function_updates_for_itself_stays_what_it_is():
    def drawn(a, b):
        b += 0.5
        yield a * b

    def f(x):
        w = 2 * x
        p = w[1] + 0.1
        u = list(drawn(w, p))
        return p * 0.5 + np.sum(u[0])

    p = 2 * Y[1] + 0.1
    expected = 2 * (p + 0.5) * np.ones(4)
    expected[1] += 1.0 + 4 * np.sum(Y)
    assert sourcead.value_and_grad(f)(Y)[0] == pytest.approx(f(Y))
    assert sourcead.grad(f)(Y) == pytest.approx(expected)


class Couple(typing.NamedTuple):
    a: object
    b: object


def test_the_cotangent_of_a_tuple_that_a_region_was_given_is_changed():
    def f(y, p):
        w = Couple(y, 2)
        for k in range(2):
            w.a[k] = 1
        try:
            pass
        except ZeroDivisionError:
            w = w
        w.a[2] -= p
        return np.sum(y * y)

    y_bar, p_bar = sourcead.grad(f, (0, 1))(Y, 0.3)
    assert y_bar == pytest.approx([0.0, 0.0, 2 * (0.5 - 0.3), 1.4])
    assert p_bar == pytest.approx(-2 * (0.5 - 0.3))


@pytest.mark.parametrize("value", [[np.ones(2)], (np.ones(2),), {"k": np.ones(2)}, {1, 2}])
def test_a_copy_has_the_same_elements(value):
    made = copied(value)
    assert type(made) is type(value)
    assert (made is not value) == (not isinstance(value, tuple))
    parts = value.values() if isinstance(value, dict) else value
    assert all(a is b for a, b in zip(made.values() if isinstance(made, dict) else made, parts, strict=True))


def test_a_copy_of_an_object_has_the_same_fields():
    box = Box()
    box.k = np.ones(2)
    made = copied(box)
    assert type(made) is Box and made is not box and made.k is box.k
    array = np.ones(2)
    assert copied(array) is not array and copied(2.5) == 2.5
    assert copy.copy(box).k is made.k


@pytest.mark.parametrize("grown", ["u['z'] = x * x", "u.update(z=x * x)", "u['z'] = {'w': x}"])
@pytest.mark.parametrize("place", ["{grown}", "if x > 0.0:\n    {grown}", "for _ in range(2):\n    {grown}"])
def test_a_dict_that_a_region_gives_grows_after_it(grown, place):
    region = "try:\n    u['n'] = y\nexcept ZeroDivisionError:\n    pass"
    body = ["u = {'k': x * y}", region, place.replace("{grown}", grown), "return np.sum(u['k'] * u['n']) + len(u)"]
    assert _agrees("\n".join(body))


def test_a_cotangent_for_a_key_that_is_not_in_the_result_is_refused():
    def f(x):
        return {"k": x * 2.0}

    with pytest.raises(SourceADError):
        sourcead.vjp(f, 1.0)[1]({"k": 1.0, "z": 1.0})
