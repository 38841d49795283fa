"""Optimizers and schedules against formulas written out here, and whether they arrive."""

from __future__ import annotations

import math

import numpy as np
import pytest

import runtime as torch
from runtime import nn, optim

SLOPES = [1.0, -2.0, 0.5, 3.0]


def run(kind, **options):
    """The path of one number whose gradients are given."""
    p = nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimizer = getattr(optim, kind)([p], **options)
    found = []
    for slope in SLOPES:
        p.grad = torch.tensor([slope], dtype=torch.float64)
        optimizer.step()
        found.append(p.item())
    return found


def test_adam_is_the_paper_s_algorithm():
    p, m, v, want = 1.0, 0.0, 0.0, []
    for t, g in enumerate(SLOPES, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        p -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        want.append(p)
    np.testing.assert_allclose(run("Adam", lr=0.1), want, rtol=1e-12)
    p, m, v, want = 1.0, 0.0, 0.0, []
    for t, g in enumerate(SLOPES, 1):
        p *= 1 - 0.1 * 0.2
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        p -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        want.append(p)
    np.testing.assert_allclose(run("AdamW", lr=0.1, weight_decay=0.2), want, rtol=1e-12)


def test_momentum_adds_up():
    p, v, want = 1.0, 0.0, []
    for k, g in enumerate(SLOPES):
        v = g if k == 0 else 0.9 * v + g
        p -= 0.1 * v
        want.append(p)
    np.testing.assert_allclose(run("SGD", lr=0.1, momentum=0.9), want, rtol=1e-12)


def test_rmsprop_and_adagrad_scale():
    p, q, v, s, first, second = 1.0, 1.0, 0.0, 0.0, [], []
    for g in SLOPES:
        v, s = 0.99 * v + 0.01 * g * g, s + g * g
        p -= 0.1 * g / (math.sqrt(v) + 1e-8)
        q -= 0.1 * g / (math.sqrt(s) + 1e-10)
        first.append(p)
        second.append(q)
    np.testing.assert_allclose(run("RMSprop", lr=0.1), first, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(run("Adagrad", lr=0.1), second, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_arrives_at_the_bottom_of_the_valley(search):
    x = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.LBFGS([x], lr=1.0 if search else 1e-2, max_iter=2000, max_eval=4000, line_search_fn=search)

    def closure():
        optimizer.zero_grad()
        loss = 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(x.detach().numpy(), 1.0, atol=1e-3 if search else 0.2)


def test_lbfgs_refuses_what_it_cannot_do():
    p, q = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
    with pytest.raises(ValueError, match="groups"):
        optim.LBFGS([{"params": [p]}, {"params": [q]}])
    with pytest.raises(ValueError, match="strong_wolfe"):
        optim.LBFGS([p], line_search_fn="other")
    with pytest.raises(TypeError, match="closure"):
        optim.LBFGS([p]).step()


def rates(name, steps=10, **options):
    optimizer = optim.SGD([nn.Parameter(torch.ones(1))], lr=1.0, momentum=0.9)
    schedule = getattr(optim.lr_scheduler, name)(optimizer, **options)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        schedule.step()
    return found


def test_schedules_by_their_formulas():
    k = np.arange(10)
    np.testing.assert_allclose(rates("StepLR", step_size=3), 0.1 ** (k // 3))
    np.testing.assert_allclose(rates("ExponentialLR", gamma=0.5), 0.5**k)
    np.testing.assert_allclose(rates("CosineAnnealingLR", T_max=20), (1 + np.cos(np.pi * k / 20)) / 2)
    np.testing.assert_allclose(rates("LambdaLR", lr_lambda=lambda t: 1 / (t + 1)), 1 / (k + 1))
    np.testing.assert_allclose(rates("LinearLR", start_factor=0.5, total_iters=5), np.minimum(0.5 + 0.1 * k, 1.0))
    one = rates("OneCycleLR", max_lr=2.0, total_steps=10, pct_start=0.5)
    assert one[0] == pytest.approx(2.0 / 25) and max(one) == pytest.approx(2.0) and one[-1] < 1e-5
    with pytest.raises(ValueError, match="10 steps"):
        rates("OneCycleLR", 12, max_lr=1.0, total_steps=10)
