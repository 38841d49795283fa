"""What notebooks show of Tensors, Modules and profiles."""

from html.parser import HTMLParser

import numpy as np
import pytest

import runtime
import runtime.nn as nn


class Reader(HTMLParser):
    """The texts of a page by tag, and whether every tag is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.rows = [], [], 0
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.rows += tag == "tr"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))


def cells(text):
    return [data for tag, data in Reader(text).texts if tag == "td"]


def test_a_matrix_is_a_table():
    x = runtime.tensor([[1.0, 2.5], [-3.0, 4.0]], requires_grad=True)
    page = (x * 2.0)._repr_html_()
    assert cells(page) == ["2.", "5.", "-6.", "8."] and Reader(page).rows == 2
    assert "2 × 2, float32, grad_fn=MulBackward0" in page
    assert "requires_grad" in x._repr_html_()


def test_a_long_vector_is_summarised():
    found = cells(runtime.tensor(np.arange(2000))._repr_html_())
    assert found == ["0", "1", "2", "…", "1997", "1998", "1999"]
    assert Reader(runtime.tensor(np.ones((100, 100)))._repr_html_()).rows == 7


@pytest.mark.parametrize("shape", [(), (0,), (2, 2, 2)])
def test_other_shapes_are_their_text(shape):
    x = runtime.tensor(np.ones(shape))
    assert any(tag == "pre" and data == repr(x) for tag, data in Reader(x._repr_html_()).texts)


def test_a_module_is_a_tree():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    texts = [data for _, data in Reader(model._repr_html_()).texts]
    assert "26 parameters" in texts and "16 parameters" in texts and "10 parameters" in texts
    assert "Sequential" in texts and " 4 × 3" in texts and any("in_features=3" in text for text in texts)


def test_a_profile_is_its_table():
    with runtime.profiler.profile() as p:
        runtime.ones(3).sin()
    (table,) = [data for tag, data in Reader(p.key_averages()._repr_html_()).texts if tag == "pre"]
    assert "aten::sin" in table


def test_the_default_dtype_is_not_printed():
    runtime.set_default_dtype(runtime.float64)
    try:
        assert repr(runtime.tensor([1.5])) == "tensor([1.5000])"
        assert repr(runtime.tensor([1.5], dtype=runtime.float32)) == "tensor([1.5000], dtype=torch.float32)"
    finally:
        runtime.set_default_dtype(runtime.float32)
