"""The same losses in PyTorch: its gradients, ours of emitted and dynamic programs, and those of Tensors."""

from __future__ import annotations

import numpy as np
import pytest
from losses import LOSSES, MIXED, R, Z

import runtime
import sourcead

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_those_of_torch(name):
    of_arrays, of_tensors = LOSSES[name]
    z = torch.tensor(Z, requires_grad=True)
    loss = of_tensors(z, torch)
    loss.backward()
    t = runtime.tensor(Z, requires_grad=True)
    ours = of_tensors(t, runtime)
    ours.backward()
    assert ours.item() == pytest.approx(loss.item()) and of_arrays(Z) == pytest.approx(loss.item())
    for found in (sourcead.grad(of_arrays)(Z), sourcead.grad(of_arrays, dynamic="always")(Z), t.grad.numpy()):
        np.testing.assert_allclose(found, z.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", MIXED)
def test_gradients_of_real_arguments_are_those_of_torch(name):
    of_arrays, of_tensors = MIXED[name]
    z, r = torch.tensor(Z, requires_grad=True), torch.tensor(R, requires_grad=True)
    of_tensors(z, r, torch).backward()
    t, s = runtime.tensor(Z, requires_grad=True), runtime.tensor(R, requires_grad=True)
    of_tensors(t, s, runtime).backward()
    for of_z, of_r in (sourcead.grad(of_arrays, (0, 1))(Z, R), (t.grad.numpy(), s.grad.numpy())):
        np.testing.assert_allclose(of_z, z.grad.numpy(), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(of_r, r.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["squared length", "abs", "angle", "log", "quadratic form", "transform", "solved"])
def test_pullbacks_in_a_function_of_complex_value_are_those_of_torch(name):
    def of_arrays(z):
        return z * LOSSES[name][0](z) + np.conj(z)

    def of_tensors(z):
        return z * LOSSES[name][1](z, torch) + z.conj()

    bar = np.exp(1j * np.arange(4.0))
    _, expected = torch.autograd.functional.vjp(of_tensors, torch.tensor(Z), torch.tensor(bar))
    np.testing.assert_allclose(sourcead.adjoint(of_arrays)(Z, bar), expected.numpy(), rtol=1e-9)
