"""Losses against PyTorch's: values and gradients of everything that can vary, in every reduction."""

from __future__ import annotations

import numpy as np
import pytest

import runtime
from runtime import nn

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)
SCORES, CLASSES = RNG.standard_normal((6, 4)), RNG.integers(0, 4, 6)
PLANE, PLANE_CLASSES = RNG.standard_normal((2, 4, 3, 2)), RNG.integers(0, 4, (2, 3, 2))
SHARES = RNG.dirichlet(np.ones(4), 6)
PLANE_SHARES = np.moveaxis(RNG.dirichlet(np.ones(4), (2, 3, 2)), -1, 1)
WEIGHT = RNG.random(4) + 0.5
SIGNS = np.array([1.0, -1.0, 1.0, -1.0, -1.0, 1.0])
A, B = RNG.standard_normal((6, 4)), RNG.standard_normal((6, 4))
C = RNG.standard_normal((6, 4))
P = RNG.random((6, 4)) * 0.9 + 0.05
ENDS = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
IGNORED = np.where(np.arange(6) % 3 == 0, -100, CLASSES)
NEAR = A + 0.3 * B


def loss(name, *inputs, **options):
    return pytest.param(name, inputs, options, id=f"{name}-{len(inputs)}-{'-'.join(options)}-{inputs[0].shape}")


LOSSES = [
    loss("MSELoss", A, B),
    loss("L1Loss", A, B),
    loss("L1Loss", A, A),
    loss("SmoothL1Loss", A, NEAR, beta=0.3),
    loss("SmoothL1Loss", A, NEAR, beta=0.0),
    loss("SmoothL1Loss", A, A + 1.0),
    loss("HuberLoss", A, NEAR, delta=0.3),
    loss("CrossEntropyLoss", SCORES, CLASSES),
    loss("CrossEntropyLoss", SCORES[0], CLASSES[0]),
    loss("CrossEntropyLoss", SCORES, CLASSES, weight=WEIGHT),
    loss("CrossEntropyLoss", SCORES, IGNORED),
    loss("CrossEntropyLoss", SCORES, IGNORED, weight=WEIGHT, label_smoothing=0.2),
    loss("CrossEntropyLoss", SCORES, CLASSES, ignore_index=2, label_smoothing=0.1),
    loss("CrossEntropyLoss", SCORES, np.full(6, -100)),
    loss("CrossEntropyLoss", PLANE, PLANE_CLASSES, weight=WEIGHT),
    loss("CrossEntropyLoss", PLANE, PLANE_CLASSES, label_smoothing=0.3, weight=WEIGHT),
    loss("CrossEntropyLoss", SCORES, SHARES),
    loss("CrossEntropyLoss", SCORES, SHARES, weight=WEIGHT, label_smoothing=0.2),
    loss("CrossEntropyLoss", PLANE, PLANE_SHARES, weight=WEIGHT),
    loss("CrossEntropyLoss", SCORES[0], SHARES[0]),
    loss("CrossEntropyLoss", 1e4 * SCORES, CLASSES),
    loss("NLLLoss", np.log(SHARES), CLASSES),
    loss("NLLLoss", np.log(SHARES), IGNORED, weight=WEIGHT),
    loss("NLLLoss", PLANE, PLANE_CLASSES),
    loss("BCELoss", P, SHARES),
    loss("BCELoss", P, SHARES, weight=WEIGHT),
    loss("BCELoss", np.array([0.0, 1.0, 0.0, 1.0, 0.5]), ENDS),
    loss("BCEWithLogitsLoss", A, SHARES),
    loss("BCEWithLogitsLoss", 300.0 * A, SHARES, weight=WEIGHT, pos_weight=WEIGHT[::-1].copy()),
    loss("KLDivLoss", np.log(P), SHARES),
    loss("KLDivLoss", np.log(P), np.log(SHARES), log_target=True),
    loss("PoissonNLLLoss", A, np.floor(5 * P)),
    loss("PoissonNLLLoss", P, np.ceil(5 * P), log_input=False, full=True),
    loss("GaussianNLLLoss", A, B, P),
    loss("GaussianNLLLoss", A, B, P, full=True),
    loss("HingeEmbeddingLoss", SCORES[:, 0], SIGNS),
    loss("HingeEmbeddingLoss", SCORES[:, 0], SIGNS, margin=0.5),
    loss("SoftMarginLoss", SCORES[:, 0], SIGNS),
    loss("MultiLabelSoftMarginLoss", SCORES, SHARES),
    loss("MultiLabelSoftMarginLoss", SCORES, SHARES, weight=WEIGHT),
    loss("MultiMarginLoss", SCORES, CLASSES),
    loss("MultiMarginLoss", SCORES, CLASSES, p=2, margin=0.5, weight=WEIGHT),
    loss("MarginRankingLoss", A[:, 0], B[:, 0], SIGNS, margin=0.2),
    loss("CosineEmbeddingLoss", A, B, SIGNS),
    loss("CosineEmbeddingLoss", A, B, SIGNS, margin=0.1),
    loss("TripletMarginLoss", A, B, C),
    loss("TripletMarginLoss", A, B, C, margin=2.0, p=1.0, swap=True),
]


def run(library, module, inputs, cotangent):
    # PyTorch has no derivative by targets of 1 and -1, and where logarithms are clipped not that of what it computes.
    varying = [x.dtype.kind == "f" and x is not SIGNS and x is not ENDS for x in inputs]
    made = [library.tensor(x, requires_grad=varies) for x, varies in zip(inputs, varying)]
    value = module(*made)
    (value * library.tensor(cotangent)).sum().backward()
    grads = [None if x.grad is None else x.grad.detach().numpy() for x in made]
    return value.detach().numpy(), grads


@pytest.mark.parametrize("reduction", ["mean", "sum", "none", "batchmean"])
@pytest.mark.parametrize("name, inputs, options", LOSSES)
def test_a_loss_is_pytorch_s(name, inputs, options, reduction):
    if reduction == "batchmean" and name != "KLDivLoss":
        return
    inputs = [np.asarray(x) for x in inputs]

    def made(library):
        given = {key: library.tensor(v) if isinstance(v, np.ndarray) else v for key, v in options.items()}
        return getattr(library.nn, name)(reduction=reduction, **given)

    with torch.no_grad():
        shape = made(torch)(*[torch.tensor(x) for x in inputs]).shape
    cotangent = np.random.default_rng(1).standard_normal(tuple(shape))
    want, want_grads = run(torch, made(torch), inputs, cotangent)
    have, have_grads = run(runtime, made(runtime), inputs, cotangent)
    np.testing.assert_allclose(have, want, rtol=1e-10, atol=1e-12)
    for have_grad, want_grad in zip(have_grads, want_grads):
        assert (have_grad is None) == (want_grad is None)
        if want_grad is not None:
            np.testing.assert_allclose(have_grad, want_grad, rtol=1e-8, atol=1e-11)
    assert repr(made(runtime)) == repr(made(torch))


def test_targets_that_name_no_class_are_refused():
    for bad in (4, -1):
        with pytest.raises(IndexError, match="out of bounds"):
            nn.functional.cross_entropy(runtime.tensor(SCORES), runtime.tensor(np.full(6, bad)))
