"""Gradients of layers and losses against finite differences, without any other library."""

from __future__ import annotations

import numpy as np
import pytest

import runtime as torch
from runtime import nn

F = nn.functional
RNG = np.random.default_rng(0)


def values(*shape):
    return torch.tensor(RNG.standard_normal(shape), requires_grad=True)


LAYERS = {
    "linear": (F.linear, (values(4, 3), values(2, 3), values(2))),
    "linear with one output": (F.linear, (values(4, 3), values(3))),
    "bilinear": (F.bilinear, (values(4, 3), values(4, 2), values(5, 3, 2), values(5))),
    "conv1d": (lambda x, w, b: F.conv1d(x, w, b, 2, 1, 1, 2), (values(2, 4, 7), values(2, 2, 3), values(2))),
    "conv2d": (lambda x, w: F.conv2d(x, w, padding="same"), (values(1, 2, 4, 3), values(2, 2, 2, 3))),
    "conv_transpose2d": (
        lambda x, w: F.conv_transpose2d(x, w, None, 2, 1, 1),
        (values(1, 2, 3, 2), values(2, 3, 3, 2)),
    ),
    "max_pool2d": (lambda x: F.max_pool2d(x, 2, 1, 1), (values(2, 2, 3, 4),)),
    "avg_pool1d": (lambda x: F.avg_pool1d(x, 3, 2, 1, True, False), (values(2, 2, 6),)),
    "adaptive_avg_pool2d": (lambda x: F.adaptive_avg_pool2d(x, (2, 3)), (values(1, 2, 5, 4),)),
    "adaptive_max_pool1d": (lambda x: F.adaptive_max_pool1d(x, 3), (values(1, 2, 7),)),
    "batch_norm": (lambda x, w, b: F.batch_norm(x, None, None, w, b, True), (values(4, 2, 3), values(2), values(2))),
    "layer_norm": (lambda x, w, b: F.layer_norm(x, (3,), w, b), (values(4, 3), values(3), values(3))),
    "group_norm": (lambda x: F.group_norm(x, 2), (values(2, 4, 3),)),
    "attention": (F.scaled_dot_product_attention, (values(2, 3, 4), values(2, 5, 4), values(2, 5, 2))),
    "embedding": (lambda w: F.embedding(torch.tensor([0, 2, 2]), w), (values(3, 2),)),
    "interpolate": (lambda x: F.interpolate(x, size=(5, 3), mode="bicubic"), (values(1, 1, 3, 4),)),
    "unfold": (lambda x: F.unfold(x, 2, padding=1), (values(1, 2, 3, 3),)),
    "local_response_norm": (lambda x: F.local_response_norm(x, 3, 0.5), (values(2, 4, 3),)),
    "cross_entropy": (lambda x: F.cross_entropy(x, torch.tensor([1, 0, 2]), label_smoothing=0.1), (values(3, 4),)),
    "weighted cross_entropy": (
        lambda x, w: F.cross_entropy(x, torch.tensor([1, -100, 2]), w * w),
        (values(3, 4), values(4)),
    ),
    "logits": (F.binary_cross_entropy_with_logits, (values(3, 2), values(3, 2))),
    "huber": (F.huber_loss, (values(3, 2), values(3, 2))),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients(name):
    function, inputs = LAYERS[name]
    assert torch.autograd.gradcheck(function, inputs)


@pytest.mark.parametrize(
    "name", ["linear", "conv2d", "max_pool2d", "batch_norm", "attention", "cross_entropy", "logits"]
)
def test_gradients_of_gradients(name):
    function, inputs = LAYERS[name]
    assert torch.autograd.gradgradcheck(function, inputs)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_recurrent_layers(kind):
    torch.manual_seed(0)
    layer = getattr(nn, kind)(2, 3, bidirectional=True).double()
    x = values(3, 2, 2)
    names = [name for name, _ in layer.named_parameters()]

    def run(x, *weights):
        return nn.utils.functional_call(layer, dict(zip(names, weights)), x)[0]

    weights = [p.detach().requires_grad_() for p in layer.parameters()]
    assert torch.autograd.gradcheck(run, (x, *weights))


def test_losses_by_hand():
    x = np.array([[1.0, 2.0, 0.5], [0.1, -0.2, 3.0]])
    shares = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    want = -np.log(shares[[0, 1], [1, 2]])
    np.testing.assert_allclose(F.cross_entropy(torch.tensor(x), torch.tensor([1, 2])).item(), want.mean())
    weighted = F.cross_entropy(torch.tensor(x), torch.tensor([1, 2]), torch.tensor([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(weighted.item(), (2.0 * want[0] + 3.0 * want[1]) / 5.0, rtol=1e-6)
    assert F.mse_loss(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 0.0])).item() == 5.0
    assert F.huber_loss(torch.tensor([0.5, 3.0]), torch.tensor([0.0, 0.0]), "none").tolist() == [0.125, 2.5]
    assert np.isnan(F.cross_entropy(torch.tensor(x), torch.tensor([-100, -100])).item())


def test_dropout_keeps_the_mean_and_follows_the_seed():
    torch.manual_seed(0)
    x = torch.ones(20000)
    y = F.dropout(x, 0.25)
    assert set(np.unique(y.numpy()).round(4)) == {0.0, np.float32(1.3333)} and abs(y.mean().item() - 1.0) < 0.02
    torch.manual_seed(0)
    np.testing.assert_array_equal(F.dropout(x, 0.25).numpy(), y.numpy())
    channels = F.dropout2d(torch.ones(8, 16, 3, 3), 0.5).numpy().reshape(128, 9)
    assert np.all(channels == channels[:, :1]) and 0 < (channels[:, 0] == 0).sum() < 128
    assert np.all(F.dropout(x, 1.0).numpy() == 0.0)
    normal = torch.randn(40000)
    kept = F.alpha_dropout(normal, 0.3, training=True).numpy()
    assert abs(kept.mean()) < 0.03 and abs(kept.std() - 1.0) < 0.03


def test_first_values_have_the_spread_they_should():
    torch.manual_seed(0)
    w = torch.empty(200, 300)
    for fill, deviation in (
        (nn.init.xavier_uniform_, np.sqrt(2.0 / 500)),
        (nn.init.xavier_normal_, np.sqrt(2.0 / 500)),
        (lambda t: nn.init.kaiming_normal_(t, nonlinearity="relu"), np.sqrt(2.0 / 300)),
        (lambda t: nn.init.kaiming_uniform_(t, mode="fan_out", nonlinearity="relu"), np.sqrt(2.0 / 200)),
        (lambda t: nn.init.uniform_(t, -1.0, 1.0), np.sqrt(1.0 / 3.0)),
    ):
        values = fill(w).numpy()
        assert abs(values.std() / deviation - 1.0) < 0.02 and abs(values.mean()) < 0.02 * deviation
    cut = nn.init.trunc_normal_(w, std=2.0, a=-1.0, b=1.0).numpy()
    assert cut.min() >= -1.0 and cut.max() <= 1.0
    q = nn.init.orthogonal_(torch.empty(3, 5)).numpy()
    np.testing.assert_allclose(q @ q.T, np.eye(3), atol=1e-6)
    assert ((nn.init.sparse_(torch.empty(10, 4), 0.3).numpy() == 0).sum(0) == 3).all()
    passed = F.conv1d(
        torch.tensor(RNG.standard_normal((1, 2, 5))), nn.init.dirac_(torch.empty(2, 2, 3)).double(), padding=1
    )
    assert passed.shape == (1, 2, 5)
