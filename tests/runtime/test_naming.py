"""Nodes have PyTorch's names, before and after they are freed."""

import json
import os
import pathlib
import warnings

import numpy as np
import pytest
from node_names import expressions, name_of

import runtime

# As PyTorch 2.13 prints them; `test_torch_prints_these_names` asks it.
NAMES = {
    "x + 1": "AddBackward0",
    "1 + x": "AddBackward0",
    "x - x": "SubBackward0",
    "2 * x": "MulBackward0",
    "x / 2": "DivBackward0",
    "x ** 2": "PowBackward0",
    "x ** x": "PowBackward1",
    "2 ** x": "PowBackward2",
    "-x": "NegBackward0",
    "abs(x)": "AbsBackward0",
    "x @ x": "DotBackward0",
    "X @ X.T": "MmBackward0",
    "X @ X[0]": "MvBackward0",
    "x[0]": "SelectBackward0",
    "x[1:]": "SliceBackward0",
    "X[0, 1:]": "SliceBackward0",
    "X[..., 1]": "SelectBackward0",
    "X[None]": "UnsqueezeBackward0",
    "x[[0, 1]]": "IndexBackward0",
    "X.sum()": "SumBackward0",
    "X.sum(0)": "SumBackward1",
    "X.mean()": "MeanBackward0",
    "X.mean(0)": "MeanBackward1",
    "X.prod()": "ProdBackward0",
    "X.max()": "MaxBackward1",
    "X.amax(0)": "AmaxBackward0",
    "X.T": "PermuteBackward0",
    "X.mT": "TransposeBackward0",
    "X.reshape(-1)": "ViewBackward0",
    "x.unsqueeze(0)": "UnsqueezeBackward0",
    "x.clone()": "CloneBackward0",
    "T.cat([x, x])": "CatBackward0",
    "T.stack([x, x])": "StackBackward0",
    "T.where(x > 0, x, x)": "WhereBackward0",
    "T.sin(x)": "SinBackward0",
    "T.exp(x)": "ExpBackward0",
    "T.log1p(x)": "Log1PBackward0",
    "T.expm1(x)": "Expm1Backward0",
    "T.asin(x)": "AsinBackward0",
    "T.atan2(x, x)": "Atan2Backward0",
    "T.sigmoid(x)": "SigmoidBackward0",
    "T.softmax(x, 0)": "SoftmaxBackward0",
    "T.tanh(x)": "TanhBackward0",
    "T.logsumexp(x, 0)": "LogsumexpBackward0",
    "T.square(x)": "PowBackward0",
    "x.cumsum(0)": "CumsumBackward0",
    "T.maximum(x, x)": "MaximumBackward0",
    "x.double()": "ToCopyBackward0",
}


def node(library, text):
    names = {
        "T": library,
        "x": library.tensor([1.0, 0.7, 0.5], requires_grad=True),
        "X": library.tensor([[1.0, 2.0, 0.3], [0.5, 6.0, 7.0]], requires_grad=True),
    }
    return eval(text, names).grad_fn


@pytest.mark.parametrize("text", NAMES)
def test_name(text):
    assert node(runtime, text).name() == NAMES[text]


@pytest.mark.parametrize("text", NAMES)
def test_torch_prints_these_names(text):
    torch = pytest.importorskip("torch")
    assert node(torch, text).name() == NAMES[text]


def test_names_stay_when_nodes_are_freed():
    x = runtime.tensor(np.ones((2, 2)), requires_grad=True)
    y = (x @ x).sum()
    product = y.grad_fn.next_functions[0][0]
    y.backward()
    assert y.grad_fn.name() == "SumBackward0" and product.name() == "MmBackward0"


def test_constant_operands_have_an_entry_without_a_node():
    x = runtime.tensor([1.0, 2.0], requires_grad=True)
    ours = x.sin()
    node = ours.grad_fn
    for y in (ours * 2, 2 * ours, ours + runtime.tensor([1.0, 2.0]), ours / 3, 1 + ours):
        assert y.grad_fn.next_functions == ((node, 0), (None, 0))
    for y in (runtime.tensor([1.0, 2.0]) / ours, runtime.tensor([1.0, 2.0]) - ours):
        assert y.grad_fn.next_functions == ((None, 0), (node, 0))
    for y in (ours**2, 2**ours, 3 - ours):
        assert y.grad_fn.next_functions == ((node, 0),)
    assert (ours * ours).grad_fn.next_functions == ((node, 0), (node, 0))


NODES = pathlib.Path(__file__).with_name("node_names.json")


def test_nodes_are_called_as_those_of_torch():
    expected = json.loads(NODES.read_text())
    assert list(expected) == expressions() and len(expected) > 250
    wrong = {text: (name, found) for text, name in expected.items() if (found := name_of(runtime, text)) != name}
    assert not wrong


def test_torch_still_names_its_nodes_so():
    torch = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {text: name_of(torch, text) for text in expressions()}
    if os.environ.get("REWRITE_ANSWERS"):
        NODES.write_text(json.dumps(found, indent=0) + "\n")
    assert json.loads(NODES.read_text()) == found


def test_names_are_those_of_each_call_and_not_of_the_first_of_its_form():
    x = (runtime.arange(6.0).reshape(1, 2, 3, 1) / 6).requires_grad_()
    names = [name.grad_fn.name() for name in (x.squeeze((0, 3)), x.squeeze(0), x.squeeze((0, 3)), x.squeeze(3))]
    assert names == ["SqueezeBackward2", "SqueezeBackward1", "SqueezeBackward2", "SqueezeBackward1"]
    pads = [runtime.nn.functional.pad(x, (0, 0, 1, 1), mode=mode) for mode in ("circular", "reflect", "replicate")]
    assert [y.grad_fn.name() for y in pads] == [
        "CircularPad2DBackward0",
        "ReflectionPad2DBackward0",
        "ReplicationPad2DBackward0",
    ]
    sums = [np.sum(x, 0), np.sum(x, None), np.sum(x, 0), np.sum(x, None)]
    assert [y.grad_fn.name() for y in sums] == ["SumBackward1", "SumBackward0"] * 2


def test_a_composed_operation_names_its_last_node_only():
    x = runtime.ones(3, requires_grad=True)
    y = runtime.lerp(x, x * 2.0, 0.25)
    assert repr(y) == "tensor([1.2500, 1.2500, 1.2500], grad_fn=<LerpBackward0>)"
    y.sum().backward()
    assert x.grad.tolist() == [1.25, 1.25, 1.25]
    assert type(runtime.addmm(runtime.eye(2), x[:2, None] * runtime.ones(2), runtime.eye(2)).grad_fn).__name__ == (
        "AddmmBackward0"
    )
    # The argument's own node keeps its name where it is the result.
    doubled = x * 2.0
    assert runtime.nn.functional.feature_alpha_dropout(doubled) is doubled
    assert runtime.Tensor.floor(doubled).grad_fn.name() == "FloorBackward0" and doubled.grad_fn.name() == "MulBackward0"
