"""Hooks on Modules that see gradients, against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

import runtime
from runtime import nn

W = np.array([[1.0, 2.0], [3.0, 4.0]])


def seen(library, layer, plain):
    """Everything that hooks saw, and the gradients, of a program with every kind of hook."""
    found = []
    with library.no_grad():
        layer.weight[...] = library.tensor(W)

    def after(module, grad_input, grad_output):
        found.append([module is layer, [plain(g) for g in grad_input], [plain(g) for g in grad_output]])

    def before(module, grad_output):
        found.append([plain(g) for g in grad_output])
        return (grad_output[0] * 2.0,)

    def replace(module, grad_input, grad_output):
        return None if grad_input[0] is None else (grad_input[0] * 10.0,)

    x = library.tensor([[1.0, -1.0]], requires_grad=True)
    handles = [layer.register_full_backward_hook(after), layer.register_full_backward_pre_hook(before)]
    layer(x).sum().backward()
    found.append([plain(x.grad), plain(layer.weight.grad)])
    handles.append(layer.register_full_backward_hook(replace))
    layer.register_full_backward_hook(after)
    layer(x).sum().backward()
    found.append([plain(x.grad), plain(layer.weight.grad)])
    handles[1].remove()
    layer(x.detach()).sum().backward()
    found.append([plain(x.grad), plain(layer.weight.grad)])
    return found


def listed(g):
    return None if g is None else g.detach().tolist()


def test_hooks_see_and_replace_what_pytorch_s_do():
    torch = pytest.importorskip("torch")
    theirs = seen(torch, torch.nn.Linear(2, 2, bias=False), listed)
    assert seen(runtime, nn.Linear(2, 2, bias=False), listed) == theirs


def test_hooks_see_gradients():
    found = seen(runtime, nn.Linear(2, 2, bias=False), listed)
    assert found[0] == [[[1.0, 1.0]]]
    assert found[1] == [True, [[[8.0, 12.0]]], [[[2.0, 2.0]]]]
    assert found[2] == [[[8.0, 12.0]], [[2.0, -2.0], [2.0, -2.0]]]


def test_several_inputs_and_outputs():
    class Both(nn.Module):
        def forward(self, x, y, scale):
            return x * y, y * scale

    module, found = Both(), []
    module.register_full_backward_hook(lambda m, i, o: found.append((list(map(listed, i)), list(map(listed, o)))))
    x, y = runtime.tensor(3.0, requires_grad=True), runtime.tensor(5.0)
    one, other = module(x, y, 2.0)
    one.backward()
    assert found == [([5.0, None], [1.0, None])]
    assert x.grad.item() == 5.0 and not other.requires_grad


def test_answers_that_do_not_fit_are_refused():
    layer = nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda m, i, o: (1, 2, 3))
    with pytest.raises(runtime.SourceADError, match="3 gradients where there are 1"):
        layer(runtime.ones(1, 2, requires_grad=True)).sum().backward()
    layer = nn.LSTM(2, 2)
    layer.register_full_backward_hook(lambda m, i, o: None)
    with pytest.raises(runtime.SourceADError, match="tuple of them"):
        layer(runtime.ones(3, 1, 2, requires_grad=True))


def test_a_second_order_gradient_passes_the_gates():
    layer = nn.Linear(2, 1, bias=False).double()
    layer.register_full_backward_hook(lambda m, i, o: None)
    x = runtime.tensor([[1.0, 2.0]], dtype=runtime.float64, requires_grad=True)
    (g,) = runtime.autograd.grad((layer(x) ** 3).sum(), [x], create_graph=True)
    (h,) = runtime.autograd.grad(g.sum(), [x])
    w = layer.weight.detach().numpy()
    np.testing.assert_allclose(h.numpy(), 6.0 * (w @ [1.0, 2.0]) * w.sum() * w, rtol=1e-12)
