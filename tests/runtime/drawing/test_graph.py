"""Graphs of Tensors as SVG."""

from xml.etree import ElementTree

import numpy as np
import pytest

import runtime
from runtime.drawing import make_dot
from runtime.errors import SourceADError

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*args):
    return ElementTree.fromstring(make_dot(*args).svg)


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def leaf(*shape):
    return runtime.tensor(np.ones(shape, np.float32), requires_grad=True)


def test_boxes_and_arrows():
    x, w = leaf(4, 3), leaf(3, 2)
    loss = np.sin(x @ w).sum()
    root = drawn(loss, {"x": x, "w": w})
    assert sorted(texts(root)) == sorted(["x", "(4, 3)", "w", "(3, 2)", "Mm", "Sin", "Sum", "result", "()"])
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(arrows) == 5
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert sorted(titles) == ["AccumulateGrad", "AccumulateGrad", "MmBackward0", "SinBackward0", "SumBackward0"]


def test_a_shared_value_is_one_box():
    x = leaf(3)
    y = np.exp(x)
    root = drawn([y * y, y.sum()])
    assert texts(root).count("Exp") == 1 and texts(root).count("leaf") == 1 and texts(root).count("result") == 2
    assert "(3,)" in texts(root)


def test_names_from_a_module():
    layer = runtime.nn.Linear(3, 2)
    root = drawn(layer(leaf(4, 3)), layer.named_parameters())
    assert {"weight", "(2, 3)", "bias", "(2,)"} <= set(texts(root))


def test_a_leaf_alone_and_a_constant():
    assert texts(drawn(runtime.tensor([1.0])))[0] == "result"


def test_a_long_chain_is_drawn_and_an_endless_one_refused():
    x = leaf(2)
    for _ in range(300):
        x = x * 1.01
    assert texts(drawn(x)).count("Mul") == 300
    for _ in range(400):
        x = x * 1.01
    with pytest.raises(SourceADError, match="600 nodes"):
        make_dot(x)


def test_text_is_escaped_and_saved(tmp_path):
    x = leaf(2)
    drawing = make_dot(x * 2.0, {"<a & b>": x})
    drawing.save(tmp_path / "graph.svg")
    assert "<a & b>" in texts(ElementTree.parse(tmp_path / "graph.svg").getroot())
    assert drawing._repr_svg_().startswith("<svg")
