"""Forms of call that are done by compiled steps from the second time on: every time is like the first."""

import numpy as np
import pytest

import runtime
from runtime.errors import SourceADError


def leaf(*shape):
    return runtime.arange(12.0).reshape(shape).clone().detach().requires_grad_()


CUT = {
    "split": lambda x: runtime.split(x, 2, 1),
    "sizes": lambda x: runtime.split(x, [1, 3], 1),
    "chunk": lambda x: x.chunk(2, 0),
    "unbind": lambda x: x.unbind(1),
    "pieces": lambda x: runtime.tensor_split(x, (1,), 0),
    "of a view": lambda x: x[1:].split(3, 1),
    "an empty piece": lambda x: x.split([0, 3], 0),
}


@pytest.mark.parametrize("cut", CUT)
def test_pieces_have_one_node_and_are_views_each_time(cut):
    for _ in range(3):
        x = leaf(3, 4)
        y = x * 1.0
        parts = CUT[cut](y)
        assert [part.output_nr for part in parts] == list(range(len(parts)))
        assert len({id(part.grad_fn) for part in parts}) == 1
        assert all(part._base is y for part in parts if part.numel())
        (parts[-1] * parts[-1]).sum().backward()
        wanted = np.zeros((3, 4), np.float32)
        CUT[cut](runtime.from_numpy(wanted))[-1][...] = 2.0 * parts[-1].detach()
        np.testing.assert_array_equal(x.grad.numpy(), wanted)


@pytest.mark.parametrize("cut", CUT)
def test_a_write_to_a_piece_is_one_to_the_whole_each_time(cut):
    for _ in range(3):
        x = leaf(3, 4)
        y = x * 1.0
        parts = CUT[cut](y)
        parts[-1].mul_(5.0)
        y.sum().backward()
        wanted = np.ones((3, 4), np.float32)
        CUT[cut](runtime.from_numpy(wanted))[-1][...] = 5.0
        np.testing.assert_array_equal(x.grad.numpy(), wanted)


def test_pieces_that_are_not_recorded():
    for _ in range(3):
        x = leaf(3, 4)
        with runtime.no_grad():
            assert [part.grad_fn for part in x.split(2)] == [None, None]
        assert [part.grad_fn for part in x.detach().split(2)] == [None, None]
        assert [part.grad_fn for part in runtime.arange(12).split(6)] == [None, None]


def test_the_second_walk_through_pieces_is_refused_each_time():
    for _ in range(3):
        a, b = (leaf(3, 4) * 1.0).split([1, 2])
        total = a.sum() + b.sum()
        total.backward()
        with pytest.raises(SourceADError, match="SplitWithSizesBackward0 was asked for a second time"):
            total.backward()


def test_second_derivatives_through_pieces_each_time():
    for _ in range(3):
        x = leaf(3, 4)
        a, b = x.split(2, 1)
        (slope,) = runtime.autograd.grad((a * a * b).sum(), x, create_graph=True)
        slope.sum().backward()
        first, second = x.detach()[:, :2], x.detach()[:, 2:]
        np.testing.assert_allclose(x.grad.numpy(), np.concatenate([2 * second + 2 * first, 2 * first], 1))
