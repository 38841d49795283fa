"""Modules against PyTorch's with the same weights: printed form, result, gradients, gradients of gradients."""

from __future__ import annotations

import numpy as np
import pytest

import runtime
from runtime import nn

torch = pytest.importorskip("torch")


def layer(name, *args, inputs, whole=None, order=2, train=True, **kwargs):
    """One case: a Module by name with its arguments, the shapes of its inputs, the input that has integers below
    `whole`, the highest order of derivatives to compare."""
    label = f"{name}({', '.join([*map(str, args), *[f'{k}={v}' for k, v in kwargs.items()]])}) {inputs}"
    return pytest.param(name, args, kwargs, inputs, whole, order, train, id=label)


LAYERS = [
    layer("Linear", 3, 4, inputs=[(5, 3)]),
    layer("Linear", 3, 4, bias=False, inputs=[(2, 5, 3)]),
    layer("Linear", 3, 4, inputs=[(3,)]),
    layer("Bilinear", 3, 2, 4, inputs=[(5, 3), (5, 2)]),
    layer("Bilinear", 3, 2, 4, bias=False, inputs=[(2, 5, 3), (2, 5, 2)]),
    layer("Identity", inputs=[(2, 3)]),
    layer("Flatten", inputs=[(2, 3, 4)]),
    layer("Flatten", 0, 1, inputs=[(2, 3, 4)]),
    layer("Unflatten", 1, (2, 3), inputs=[(2, 6)]),
    layer("CosineSimilarity", inputs=[(4, 3), (4, 3)]),
    layer("PairwiseDistance", inputs=[(4, 3), (4, 3)]),
    layer("Conv1d", 3, 4, 2, inputs=[(2, 3, 7)]),
    layer("Conv1d", 3, 4, 3, stride=2, padding=1, inputs=[(3, 8)]),
    layer("Conv1d", 4, 6, 3, padding="same", dilation=2, groups=2, inputs=[(2, 4, 9)]),
    layer("Conv2d", 3, 4, 3, inputs=[(2, 3, 6, 7)]),
    layer("Conv2d", 3, 4, 3, inputs=[(3, 6, 7)]),
    layer("Conv2d", 4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2, inputs=[(2, 4, 7, 6)]),
    layer("Conv2d", 4, 4, 3, groups=4, padding=1, bias=False, inputs=[(2, 4, 5, 5)]),
    layer("Conv2d", 2, 3, 4, padding="same", inputs=[(2, 2, 6, 5)]),
    layer("Conv2d", 2, 3, 2, padding="valid", inputs=[(2, 2, 6, 5)]),
    layer("Conv2d", 2, 3, 1, inputs=[(2, 2, 4, 4)]),
    layer("Conv2d", 2, 3, 3, padding=1, padding_mode="reflect", inputs=[(2, 2, 4, 5)]),
    layer("Conv2d", 2, 3, 3, padding=2, padding_mode="replicate", inputs=[(2, 2, 4, 5)]),
    layer("Conv2d", 2, 3, 3, padding=1, padding_mode="circular", inputs=[(2, 2, 4, 5)]),
    layer("Conv3d", 2, 3, 2, stride=(1, 2, 1), padding=1, inputs=[(2, 2, 3, 4, 3)]),
    layer("ConvTranspose1d", 3, 4, 3, stride=2, inputs=[(2, 3, 5)]),
    layer("ConvTranspose2d", 3, 4, 3, inputs=[(2, 3, 4, 5)]),
    layer("ConvTranspose2d", 4, 6, (3, 2), (2, 3), (1, 0), (1, 2), 2, True, 1, inputs=[(2, 4, 4, 3)]),
    layer("ConvTranspose2d", 2, 3, 3, dilation=2, bias=False, inputs=[(2, 4, 4)]),
    layer("ConvTranspose3d", 2, 2, 2, stride=2, inputs=[(1, 2, 2, 3, 2)]),
    layer("MaxPool1d", 2, inputs=[(2, 3, 7)]),
    layer("MaxPool1d", 3, stride=2, padding=1, dilation=1, ceil_mode=True, inputs=[(3, 8)]),
    layer("MaxPool2d", 2, inputs=[(2, 3, 6, 7)]),
    layer("MaxPool2d", 2, stride=2, inputs=[(3, 6, 7)]),
    layer("MaxPool2d", (3, 2), (2, 1), (1, 0), (1, 2), ceil_mode=True, inputs=[(2, 3, 6, 7)]),
    layer("MaxPool3d", 2, stride=1, inputs=[(1, 2, 3, 4, 3)]),
    layer("AvgPool1d", 3, stride=2, padding=1, inputs=[(2, 3, 7)]),
    layer("AvgPool1d", 3, 2, 1, True, False, inputs=[(2, 3, 8)]),
    layer("AvgPool2d", 2, inputs=[(2, 3, 6, 7)]),
    layer("AvgPool2d", 3, 2, 1, True, False, inputs=[(2, 3, 6, 7)]),
    layer("AvgPool2d", 3, 2, 1, True, True, inputs=[(3, 6, 8)]),
    layer("AvgPool2d", 2, divisor_override=3, inputs=[(2, 3, 6, 7)]),
    layer("AvgPool3d", 2, inputs=[(1, 2, 4, 5, 4)]),
    layer("LPPool1d", 2, 3, stride=2, inputs=[(2, 3, 7)]),
    layer("LPPool2d", 2, (2, 3), inputs=[(2, 3, 4, 6)]),
    layer("AdaptiveAvgPool1d", 3, inputs=[(2, 3, 7)]),
    layer("AdaptiveAvgPool2d", (2, 3), inputs=[(2, 3, 5, 7)]),
    layer("AdaptiveAvgPool2d", 1, inputs=[(2, 3, 5, 7)]),
    layer("AdaptiveAvgPool2d", (None, 2), inputs=[(3, 5, 7)]),
    layer("AdaptiveAvgPool3d", 2, inputs=[(1, 2, 5, 4, 3)]),
    layer("AdaptiveMaxPool1d", 3, inputs=[(2, 3, 7)]),
    layer("AdaptiveMaxPool2d", (2, 3), inputs=[(2, 3, 5, 7)]),
    layer("BatchNorm1d", 3, inputs=[(5, 3)]),
    layer("BatchNorm1d", 3, momentum=None, inputs=[(5, 3, 4)]),
    layer("BatchNorm1d", 3, affine=False, track_running_stats=False, inputs=[(5, 3, 4)]),
    layer("BatchNorm2d", 3, eps=1e-3, momentum=0.3, inputs=[(2, 3, 4, 5)]),
    layer("BatchNorm2d", 3, inputs=[(2, 3, 4, 5)], train=False),
    layer("BatchNorm2d", 3, track_running_stats=False, inputs=[(2, 3, 4, 5)], train=False),
    layer("BatchNorm3d", 2, inputs=[(2, 2, 2, 3, 2)]),
    layer("InstanceNorm1d", 3, inputs=[(2, 3, 5)]),
    layer("InstanceNorm2d", 3, affine=True, track_running_stats=True, inputs=[(2, 3, 4, 5)]),
    layer("InstanceNorm2d", 3, inputs=[(3, 4, 5)]),
    layer("InstanceNorm2d", 3, track_running_stats=True, inputs=[(2, 3, 4, 5)], train=False),
    layer("LayerNorm", 4, inputs=[(2, 3, 4)]),
    layer("LayerNorm", (3, 4), eps=1e-3, inputs=[(2, 3, 4)]),
    layer("LayerNorm", 4, elementwise_affine=False, inputs=[(2, 4)]),
    layer("RMSNorm", 4, inputs=[(2, 3, 4)]),
    layer("RMSNorm", (3, 4), eps=1e-3, inputs=[(2, 3, 4)]),
    layer("GroupNorm", 2, 4, inputs=[(3, 4, 5)]),
    layer("GroupNorm", 4, 4, affine=False, inputs=[(3, 4, 2, 3)]),
    layer("Embedding", 5, 3, inputs=[(2, 4)], whole=5, order=1),
    layer("Embedding", 5, 3, padding_idx=1, inputs=[(6,)], whole=5, order=1),
    layer("EmbeddingBag", 5, 3, mode="sum", inputs=[(2, 4)], whole=5, order=1),
    layer("EmbeddingBag", 5, 3, mode="max", inputs=[(3, 2)], whole=5, order=1),
    layer("Dropout", 0.3, inputs=[(3, 4)], train=False),
    layer("Dropout", 0.0, inputs=[(3, 4)]),
    layer("Dropout2d", 0.25, inputs=[(3, 4, 2, 2)], train=False),
    layer("RNN", 3, 4, inputs=[(5, 2, 3)]),
    layer("RNN", 3, 4, 2, nonlinearity="relu", bidirectional=True, inputs=[(5, 2, 3), (4, 2, 4)]),
    layer("LSTM", 3, 4, inputs=[(5, 2, 3)]),
    layer("LSTM", 3, 4, 2, batch_first=True, bidirectional=True, bias=False, inputs=[(2, 5, 3)]),
    layer("LSTM", 3, 4, 2, inputs=[(5, 3)]),
    layer("GRU", 3, 4, inputs=[(5, 2, 3), (1, 2, 4)]),
    layer("GRU", 3, 4, num_layers=2, batch_first=True, inputs=[(2, 5, 3)]),
    layer("RNNCell", 3, 4, inputs=[(2, 3), (2, 4)]),
    layer("RNNCell", 3, 4, nonlinearity="relu", inputs=[(3,)]),
    layer("LSTMCell", 3, 4, inputs=[(2, 3)]),
    layer("GRUCell", 3, 4, bias=False, inputs=[(2, 3), (2, 4)]),
    layer("MultiheadAttention", 6, 2, inputs=[(4, 3, 6), (5, 3, 6), (5, 3, 6)]),
    layer("MultiheadAttention", 6, 3, batch_first=True, bias=False, inputs=[(3, 4, 6), (3, 5, 6), (3, 5, 6)]),
    layer("MultiheadAttention", 6, 2, kdim=3, vdim=5, inputs=[(4, 3, 6), (5, 3, 3), (5, 3, 5)]),
    layer("MultiheadAttention", 6, 2, inputs=[(4, 6), (5, 6), (5, 6)]),
]

# PyTorch's quick attention has no second derivative.
TRANSFORMERS = [
    layer("TransformerEncoderLayer", 4, 2, 6, 0.0, order=1, inputs=[(5, 3, 4)]),
    layer(
        "TransformerEncoderLayer", 4, 2, 6, 0.0, "gelu", batch_first=True, norm_first=True, order=1, inputs=[(3, 5, 4)]
    ),
    layer("TransformerDecoderLayer", 4, 2, 6, 0.0, order=1, inputs=[(5, 3, 4), (6, 3, 4)]),
    layer("TransformerDecoderLayer", 4, 2, 6, 0.0, norm_first=True, bias=False, order=1, inputs=[(5, 3, 4), (6, 3, 4)]),
    layer("Transformer", 4, 2, 2, 1, 6, 0.0, batch_first=True, order=1, inputs=[(2, 5, 4), (2, 3, 4)]),
]

PICTURES = [
    layer("ZeroPad1d", 2, inputs=[(2, 3, 4)]),
    layer("ZeroPad2d", (1, 2, 0, 1), inputs=[(2, 3, 4, 5)]),
    layer("ConstantPad2d", 1, 3.5, inputs=[(2, 3, 4, 5)]),
    layer("ConstantPad3d", 1, -1.0, inputs=[(1, 2, 2, 3, 2)]),
    layer("ReflectionPad1d", (2, 1), inputs=[(2, 3, 4)]),
    layer("ReflectionPad2d", (1, 2, 0, 1), inputs=[(2, 3, 4, 5)]),
    layer("ReplicationPad2d", 2, inputs=[(2, 3, 4, 5)]),
    layer("CircularPad2d", (1, 2, 3, 1), inputs=[(2, 3, 4, 5)]),
    layer("Upsample", scale_factor=2, inputs=[(1, 2, 3, 4)]),
    layer("Upsample", size=5, inputs=[(1, 2, 3)]),
    layer("Upsample", scale_factor=1.7, mode="nearest-exact", inputs=[(1, 2, 3, 4)]),
    layer("Upsample", scale_factor=2, mode="bilinear", inputs=[(1, 2, 3, 4)]),
    layer("Upsample", scale_factor=1.5, mode="bilinear", inputs=[(1, 2, 5, 7)]),
    layer("Upsample", scale_factor=1.5, mode="bilinear", recompute_scale_factor=True, inputs=[(1, 2, 5, 7)]),
    layer("Upsample", size=(5, 2), mode="bilinear", align_corners=True, inputs=[(1, 2, 3, 4)]),
    layer("Upsample", size=(4, 9), mode="bicubic", inputs=[(1, 2, 5, 4)]),
    layer("Upsample", size=(4, 9), mode="bicubic", align_corners=True, inputs=[(1, 2, 5, 4)]),
    layer("Upsample", size=7, mode="linear", inputs=[(1, 2, 3)]),
    layer("Upsample", size=(3, 4, 2), mode="trilinear", inputs=[(1, 2, 2, 3, 3)]),
    layer("Upsample", size=(3, 2), mode="area", inputs=[(1, 2, 5, 4)]),
    layer("PixelShuffle", 2, inputs=[(2, 8, 3, 2)]),
    layer("PixelUnshuffle", 2, inputs=[(2, 2, 4, 6)]),
    layer("ChannelShuffle", 2, inputs=[(2, 6, 3, 2)]),
    layer("Unfold", (2, 3), dilation=(1, 2), padding=1, stride=(2, 1), inputs=[(2, 3, 5, 6)]),
    layer("Fold", (5, 4), (2, 3), padding=(0, 1), inputs=[(2, 18, 16)]),
    layer("LocalResponseNorm", 3, alpha=0.5, inputs=[(2, 5, 3, 2)]),
    layer("LocalResponseNorm", 4, alpha=0.5, k=2.0, inputs=[(2, 5, 3)]),
]

ACTIVATIONS = [
    layer("ReLU", inputs=[(3, 4)]),
    layer("ReLU", True, inputs=[(3, 4)]),
    layer("ReLU6", inputs=[(3, 4)]),
    layer("Hardtanh", -0.5, 0.7, inputs=[(3, 4)]),
    layer("LeakyReLU", 0.2, inputs=[(3, 4)]),
    layer("LeakyReLU", 0.2, True, inputs=[(3, 4)]),
    layer("ELU", inputs=[(3, 4)]),
    layer("ELU", 0.5, inplace=True, inputs=[(3, 4)]),
    layer("CELU", 0.5, inputs=[(3, 4)]),
    layer("SELU", inputs=[(3, 4)]),
    layer("SiLU", inputs=[(3, 4)]),
    layer("SiLU", True, inputs=[(3, 4)]),
    layer("Mish", inputs=[(3, 4)]),
    layer("Hardsigmoid", inputs=[(3, 4)], order=1),
    layer("Hardswish", inputs=[(3, 4)]),
    layer("Threshold", 0.1, 20.0, inputs=[(3, 4)]),
    layer("RReLU", inputs=[(3, 4)], train=False),
    layer("Sigmoid", inputs=[(3, 4)]),
    layer("LogSigmoid", inputs=[(3, 4)]),
    layer("Tanh", inputs=[(3, 4)]),
    layer("Tanhshrink", inputs=[(3, 4)]),
    layer("Softsign", inputs=[(3, 4)]),
    layer("Softplus", inputs=[(3, 4)]),
    layer("Softplus", 2.0, 1.0, inputs=[(3, 4)]),
    layer("GELU", inputs=[(3, 4)]),
    layer("GELU", "tanh", inputs=[(3, 4)]),
    layer("GLU", inputs=[(3, 4)]),
    layer("Hardshrink", 0.3, inputs=[(3, 4)]),
    layer("Softshrink", 0.3, inputs=[(3, 4)]),
    layer("Softmax", 1, inputs=[(3, 4)]),
    layer("Softmin", dim=0, inputs=[(3, 4)]),
    layer("LogSoftmax", dim=-1, inputs=[(3, 4)]),
    layer("Softmax2d", inputs=[(2, 3, 4, 2)]),
    layer("PReLU", inputs=[(3, 4)]),
    layer("PReLU", 4, 0.1, inputs=[(3, 4, 2)]),
]


def leaves(value):
    """The Tensors in a result."""
    if isinstance(value, (tuple, list)):
        return [leaf for part in value for leaf in leaves(part)]
    return [] if value is None else [value]


def plain(value):
    return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value.detach().numpy()


def derivatives(library, module, arrays, cotangents, whole, order):
    """Results, gradients of inputs and parameters, and gradients of a function of those gradients."""
    make = torch.tensor if library is torch else runtime.tensor
    inputs = [make(array) if whole else make(array, requires_grad=True) for array in arrays]
    moved = [x if whole else x * 1.0 for x in inputs]
    results = [y for y in leaves(module(*moved)) if y.grad_fn is not None]
    wanted = [x for x in inputs if x.requires_grad] + list(module.parameters())
    total = sum((y * make(c)).sum() for y, c in zip(results, cotangents))
    found = {"results": [plain(y) for y in results]}
    if order == 1:
        found["gradients"] = [plain(g) for g in library.autograd.grad(total, wanted)]
        return found
    gradients = library.autograd.grad(total, wanted, create_graph=True)
    found["gradients"] = [plain(g) for g in gradients]
    # A sum with zeros, because gradients that are constant have no graph.
    second = sum((g * g).sum() for g in gradients) + sum((w * 0.0).sum() for w in wanted)
    again = library.autograd.grad(second, wanted)
    found["second"] = [plain(g) for g in again]
    return found


@pytest.mark.parametrize(
    "name, args, kwargs, shapes, whole, order, train", LAYERS + TRANSFORMERS + PICTURES + ACTIVATIONS
)
def test_a_layer_is_pytorch_s(name, args, kwargs, shapes, whole, order, train):
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    theirs = getattr(torch.nn, name)(*args, **kwargs).double().train(train)
    ours = getattr(nn, name)(*args, **kwargs).double().train(train)
    assert repr(ours) == repr(theirs)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    state = theirs.state_dict()
    found = ours.load_state_dict({key: runtime.tensor(value.numpy()) for key, value in state.items()})
    assert found == ([], [])
    arrays = [rng.integers(0, whole, shape) if whole else rng.standard_normal(shape) for shape in shapes]
    with torch.no_grad():
        example = leaves(theirs(*[torch.tensor(array) for array in arrays]))
    theirs.load_state_dict({key: value.clone() for key, value in state.items()})
    cotangents = [rng.standard_normal(tuple(y.shape)) for y in example]
    ours.load_state_dict({key: runtime.tensor(value.numpy()) for key, value in state.items()})
    want = derivatives(torch, theirs, arrays, cotangents, whole, order)
    have = derivatives(runtime, ours, arrays, cotangents, whole, order)
    assert have.keys() == want.keys()
    # PyTorch's slope of hardsigmoid is 1 / 6 in single precision.
    rtol = 1e-7 if name == "Hardsigmoid" else 1e-9
    for part, expected in want.items():
        assert len(have[part]) == len(expected)
        for a, b in zip(have[part], expected):
            np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-10, err_msg=f"{part} of {name}")
    after = ours.state_dict()
    assert list(after) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        np.testing.assert_allclose(after[key].numpy(), value.numpy(), rtol=1e-12, err_msg=key)


@pytest.mark.parametrize("name", ["MaxPool1d", "MaxPool2d"])
def test_where_the_largest_elements_were(name):
    x = np.random.default_rng(0).integers(0, 4, (2, 3, 7, 8)[: 2 + int(name[-2])]).astype(float)
    options = dict(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=True, return_indices=True)
    theirs, places = getattr(torch.nn, name)(**options)(torch.tensor(x))
    ours, ours_places = getattr(nn, name)(**options)(runtime.tensor(x))
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    np.testing.assert_array_equal(ours_places.numpy(), places.numpy())


def test_ties_and_nan_in_a_window_go_where_pytorch_sends_them():
    x = np.array([[[1.0, 1.0, 0.0, np.nan, np.nan, 2.0, 3.0, 3.0]]])
    a = torch.tensor(x, requires_grad=True)
    torch.nn.functional.max_pool1d(a, 4).sum().backward()
    b = runtime.tensor(x, requires_grad=True)
    nn.functional.max_pool1d(b, 4).sum().backward()
    np.testing.assert_array_equal(b.grad.numpy(), a.grad.numpy())


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("kind", ["bools", "numbers", "heads"])
def test_attention_with_masks(causal, kind):
    rng = np.random.default_rng(1)
    theirs = torch.nn.MultiheadAttention(6, 2).double()
    ours = nn.MultiheadAttention(6, 2).double()
    ours.load_state_dict({key: runtime.tensor(value.numpy()) for key, value in theirs.state_dict().items()})
    x = rng.standard_normal((4, 3, 6))
    padding = np.array([[False, False, False, True], [False] * 4, [False, False, True, True]])
    mask = np.triu(np.ones((4, 4), bool), 1)
    if kind == "numbers":
        mask = rng.standard_normal((4, 4))
    if kind == "heads":
        mask = np.tile(mask, (6, 1, 1))
    masks = dict(key_padding_mask=padding, attn_mask=mask)
    a, weights = theirs(*[torch.tensor(x)] * 3, **{key: torch.tensor(m) for key, m in masks.items()})
    b, ours_weights = ours(*[runtime.tensor(x)] * 3, **{key: runtime.tensor(m) for key, m in masks.items()})
    np.testing.assert_allclose(b.detach().numpy(), a.detach().numpy(), rtol=1e-10)
    np.testing.assert_allclose(ours_weights.detach().numpy(), weights.detach().numpy(), rtol=1e-10)
    q = rng.standard_normal((2, 4, 3))
    want = torch.nn.functional.scaled_dot_product_attention(*[torch.tensor(q)] * 3, is_causal=causal)
    have = nn.functional.scaled_dot_product_attention(*[runtime.tensor(q)] * 3, is_causal=causal)
    np.testing.assert_allclose(have.numpy(), want.numpy(), rtol=1e-10)


def test_a_transformer_with_masks():
    options = dict(d_model=4, nhead=2, num_encoder_layers=1, num_decoder_layers=2, dim_feedforward=6, dropout=0.0)
    theirs, ours = torch.nn.Transformer(**options).double(), nn.Transformer(**options).double()
    ours.load_state_dict({key: runtime.tensor(value.numpy()) for key, value in theirs.state_dict().items()})
    rng = np.random.default_rng(2)
    src, tgt = rng.standard_normal((5, 3, 4)), rng.standard_normal((4, 3, 4))
    padding = np.array([[False] * 5, [False] * 4 + [True], [False] * 3 + [True] * 2])

    def run(library, model):
        causal = model.generate_square_subsequent_mask(4).double()
        pads = library.tensor(padding)
        return model(
            library.tensor(src), library.tensor(tgt), tgt_mask=causal, src_key_padding_mask=pads,
            memory_key_padding_mask=pads,
        ).detach().numpy()  # fmt: skip

    np.testing.assert_allclose(run(runtime, ours), run(torch, theirs), rtol=1e-9, atol=1e-11)


def test_functions_that_write_into_their_input():
    x = np.array([-1.0, 0.5, 2.0])
    for name in ("relu_", "elu_", "selu_", "celu_", "leaky_relu_", "hardtanh_"):
        theirs, ours = torch.tensor(x), runtime.tensor(x)
        assert getattr(nn.functional, name)(ours) is ours
        getattr(torch.nn.functional, name)(theirs)
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)


def test_triplets_with_a_distance_of_ones_own():
    rng = np.random.default_rng(3)
    rows = [rng.standard_normal((4, 3)) for _ in range(3)]
    options = dict(distance_function=lambda a, b: ((a - b) ** 2).sum(-1), margin=0.5, swap=True)
    want = torch.nn.functional.triplet_margin_with_distance_loss(*map(torch.tensor, rows), **options)
    have = nn.functional.triplet_margin_with_distance_loss(*map(runtime.tensor, rows), **options)
    np.testing.assert_allclose(have.item(), want.item(), rtol=1e-12)
