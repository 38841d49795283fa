"""Gradients of real losses in complex parameters: PyTorch's convention, in every mode."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from losses import LOSSES, MIXED, R, W, Z

import runtime
import sourcead

D = np.exp(1j * np.arange(4.0)) + 0.3


def along(f, x, d, h=1e-5):
    """The derivative along `d`, by extrapolated central differences."""

    def central(step):
        return (f(x + step * d) - f(x - step * d)) / (2.0 * step)

    return (4.0 * central(h) - central(2.0 * h)) / 3.0


def numeric(f, x):
    """The direction of steepest ascent: the derivatives along the real axis, and 1j times those along the other."""
    units = np.eye(len(x))
    real = np.array([along(f, x, unit) for unit in units])
    return real + 1j * np.array([along(f, x, 1j * unit) for unit in units]) if np.iscomplexobj(x) else real


@pytest.mark.parametrize("dynamic", ["auto", "always"])
@pytest.mark.parametrize("name", LOSSES)
def test_gradient(name, dynamic):
    f = LOSSES[name][0]
    found = sourcead.grad(f, dynamic=dynamic)(Z)
    assert found.dtype == complex
    np.testing.assert_allclose(found, numeric(f, Z), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", LOSSES)
def test_tangents_and_cotangents_pair(name):
    f = LOSSES[name][0]
    for forward in (sourcead.tangent(f), lambda z, d: runtime.jvp(f, (z,), (d,))):
        dot = forward(Z, D)[1]
        assert np.isrealobj(dot)
        assert dot == pytest.approx(np.real(np.vdot(sourcead.grad(f)(Z), D)), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_second_derivatives_pair(name):
    f = LOSSES[name][0]
    df = sourcead.grad(f)
    moved = (df(Z + 1e-6 * D) - df(Z - 1e-6 * D)) / 2e-6
    np.testing.assert_allclose(sourcead.hvp(f)(Z, D), moved, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_real_arguments_have_real_gradients(name, dynamic):
    f = MIXED[name][0]
    of_z, of_r = sourcead.grad(f, (0, 1), dynamic=dynamic)(Z, R)
    assert of_z.dtype == complex and of_r.dtype == float
    np.testing.assert_allclose(of_z, numeric(lambda z: f(z, R), Z), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(of_r, numeric(lambda r: f(Z, r), R), rtol=1e-6, atol=1e-7)


VALUES = {
    "square": lambda z: z * z,
    "conjugate": lambda z: np.conj(z) * z[0],
    "transform": lambda z: np.fft.fft(z * z),
    "modulus": lambda z: np.abs(z * 1j) * z,
    "parts": lambda z: (np.real(z), [np.imag(z) * z, {"a": z.sum()}]),
}


@pytest.mark.parametrize("name", VALUES)
def test_pullbacks_of_complex_values(name):
    """Re <cotangent, tangent of the value> = Re <cotangent of the argument, its tangent>, with the conjugate."""
    f = VALUES[name]
    value, tangent = sourcead.jvp(f, (Z,), (D,))
    leaves, rebuild = runtime.structure.flatten(value)
    rng = np.random.default_rng(3)
    bars = [
        rng.standard_normal(np.shape(x)) + (1j * rng.standard_normal(np.shape(x)) if np.iscomplexobj(x) else 0.0)
        for x in leaves
    ]
    dots = runtime.structure.flatten(tangent)[0]
    forward = sum(np.real(np.vdot(bar, dot)) for bar, dot in zip(bars, dots, strict=True))
    (found,) = sourcead.vjp(f, Z)[1](rebuild(bars))
    assert np.real(np.vdot(found, D)) == pytest.approx(forward)
    if name != "square":
        (again,) = (sourcead.adjoint(f)(Z, rebuild(bars)),)
        np.testing.assert_allclose(again, found)


def test_a_block_sees_the_cotangent_as_users_do():
    seen = []

    def f(z):
        y = z * z
        with sourcead.cotangent(y) as y_bar:
            seen.append(y_bar.copy())
            y_bar = 2.0 * y_bar
        return np.sum(np.imag(y * 3.0))

    for dynamic in ("auto", "always"):
        seen.clear()
        found = sourcead.grad(f, dynamic=dynamic)(Z)
        np.testing.assert_allclose(seen[0], np.full(4, 3j))
        np.testing.assert_allclose(found, 2.0 * numeric(lambda z: np.sum(np.imag(z * z * 3.0)), Z), rtol=1e-6)


def test_check_grads_knows_the_convention():
    for name in ("squared length", "transform", "quadratic form", "descent"):
        sourcead.check_grads(LOSSES[name][0], (Z,))
    sourcead.check_grads(VALUES["transform"], (Z,))


# Refusals


def test_a_program_of_real_numbers_refuses_complex_ones_at_its_first_line():
    def f(x):
        return np.sum(x * x)

    def value(x):
        return x * x

    for run in (
        lambda: sourcead.grad(f)(Z),
        lambda: sourcead.value_and_grad(f)(Z),
        lambda: sourcead.adjoint(value)(Z, Z),
        lambda: sourcead.grad(lambda p: np.sum(p["a"]))({"a": Z}),
    ):
        with pytest.raises(sourcead.NotDifferentiable, match="complex, and this derivative was written for real"):
            run()


def test_an_annotation_says_that_a_program_is_one_of_complex_numbers():
    def f(z: complex):
        return np.linalg.norm(z) + abs(z[0])

    np.testing.assert_allclose(sourcead.grad(f)(Z), numeric(f, Z), rtol=1e-6)
    assert "as_gradient" in sourcead.grad(f).source


def test_a_complex_constant_in_a_program_of_real_numbers_is_seen_or_refused():
    def f(x, c):
        return np.sum(np.abs(c * x))

    def value(x, c):
        return c * x

    with pytest.raises(sourcead.NotDifferentiable, match="complex"):
        sourcead.grad(f)(R, Z)
    with pytest.raises(sourcead.NotDifferentiable, match="the result is complex"):
        sourcead.adjoint(value)(R, Z, Z)
    with pytest.raises(sourcead.NotScalar):
        sourcead.grad(lambda x: np.sum(x * Z))(R)
    assert sourcead.grad(lambda x: np.sum(np.abs(x * Z)))(R) == pytest.approx(np.abs(Z) * np.sign(R))


def test_jacobians_of_complex_numbers_are_refused():
    for transform in (sourcead.jacobian, sourcead.jacfwd, sourcead.jacrev):
        with pytest.raises(sourcead.NotDifferentiable, match="complex"):
            transform(VALUES["conjugate"])(Z)


def test_what_has_no_rule_for_complex_numbers_is_refused():
    for f in (lambda z: np.linalg.det(W + np.diag(z)).real, lambda z: np.real(np.var(z)), lambda z: np.std(z).real):
        for dynamic in ("auto", "always"):
            with pytest.raises(sourcead.SourceADError, match="complex"):
                sourcead.grad(f, dynamic=dynamic)(Z)


def test_single_precision_stays():
    z = Z.astype(np.complex64)
    for name in ("squared length", "sin", "abs", "transform"):
        assert sourcead.grad(LOSSES[name][0])(z).dtype == np.complex64


def test_numbers():
    def f(z):
        return (z * z).real + abs(z * 1j)

    z = 0.3 - 0.8j
    expected = 2.0 * np.conj(z) + z / abs(z)
    for dynamic in ("auto", "always"):
        found = sourcead.grad(f, dynamic=dynamic)(z)
        assert isinstance(found, complex) and found == pytest.approx(expected)


def test_objects_and_containers():
    def f(p):
        return np.sum(np.real(p["a"] * np.conj(p["b"][0]))) * p["b"][1]

    found = sourcead.grad(f)({"a": Z, "b": [D, 2.0]})
    np.testing.assert_allclose(found["a"], 2.0 * D)
    np.testing.assert_allclose(found["b"][0], 2.0 * Z)
    assert found["b"][1] == pytest.approx(np.real(np.vdot(D, Z))) and isinstance(found["b"][1], float)


def test_the_losses_are_many():
    assert len(LOSSES) + len(MIXED) >= 65
    assert all(len(inspect.signature(f).parameters) >= 1 for f, _ in LOSSES.values())
