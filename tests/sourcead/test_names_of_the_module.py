"""`eval`, `exec` and `globals` find names of the user's module, which the module of an emitted text has not."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead

SCALE = 2.0
POINT = 1.5


def scaled(v):
    return v * SCALE


def number_of_the_module(x):
    return eval("x * SCALE + x * x")


def function_of_the_module(x):
    y = x * x
    z = eval("np.sin(y) * scaled(y)")
    return z + y


def text_of_a_variable(x, text="x * SCALE"):
    return eval(text) * x


def names_as_a_dict(x):
    return x * x * globals()["SCALE"]


def names_handed_on(x):
    y = x * x
    return eval("scaled(y)", globals(), {"y": y}) * x


def in_a_function_that_is_called(x):
    return number_of_the_module(x) * x


def variables_only(x, a=2.0):
    return eval("x * x * a + max(x, 0.0)")


@pytest.mark.parametrize(
    "f",
    [
        number_of_the_module,
        function_of_the_module,
        text_of_a_variable,
        names_as_a_dict,
        names_handed_on,
        in_a_function_that_is_called,
        variables_only,
    ],
)
def test_they_are_found(f):
    def differences(g):
        return (g(POINT + 1e-6) - g(POINT - 1e-6)) / 2e-6

    gradient = sourcead.grad(f)
    assert gradient(POINT) == pytest.approx(differences(f), rel=1e-8)
    assert sourcead.jvp(f, (POINT,), (1.0,))[1] == pytest.approx(differences(f), rel=1e-8)
    assert sourcead.hessian(f)(POINT) == pytest.approx(differences(gradient), rel=1e-8)


def test_a_text_that_names_variables_only_is_a_region():
    assert "def region" in sourcead.grad(variables_only).source
    assert np.isclose(sourcead.grad(variables_only)(POINT), 4.0 * POINT + 1.0)
