"""`Tensor`: leaves and gradients, values, printing, copies."""

import copy
import math
import pickle

import numpy as np
import pytest

import runtime
from runtime import Tensor
from runtime.errors import CotangentMismatch, DerivativeLost, NotDifferentiable, NotScalar, SourceADError


def leaf(*numbers):
    return runtime.tensor(list(numbers), requires_grad=True)


def test_backward_adds_to_the_grad_of_leaves():
    x, y = leaf(1.0, 2.0, 3.0), leaf(4.0, 5.0, 6.0)
    np.sum(x * y * x).backward()
    assert np.array_equal(x.grad, [8.0, 20.0, 36.0]) and np.array_equal(y.grad, [1.0, 4.0, 9.0])
    np.sum(x).backward()
    assert np.array_equal(x.grad, [9.0, 21.0, 37.0])


def test_gradient_has_shape_and_dtype_of_its_leaf():
    x = runtime.tensor(np.ones((2, 1), np.float32), requires_grad=True)
    np.sum(x * np.arange(6.0).reshape(2, 3)).backward()
    assert x.grad.dtype == np.float32 and np.array_equal(x.grad, [[3.0], [12.0]])


def test_python_floats_make_float32_and_arrays_keep_their_dtype():
    assert runtime.tensor([1.5]).dtype == np.float32
    assert runtime.tensor(np.array([1.5])).dtype == np.float64
    assert runtime.tensor([1, 2]).dtype == np.int64


def test_leaf_and_grad_fn():
    x = leaf(1.0)
    y = np.sin(x) * 2.0
    assert x.is_leaf and x.grad_fn is None and x.requires_grad
    assert not y.is_leaf and y.grad_fn.name() == "MulBackward0" and y.requires_grad
    assert not (runtime.tensor([1.0]) + 1.0).requires_grad


def test_cotangent_is_needed_and_checked():
    x = leaf(1.0, 2.0)
    with pytest.raises(NotScalar):
        (x * 2.0).backward()
    with pytest.raises(CotangentMismatch):
        (x * 2.0).backward(np.ones(3))
    (x * 2.0).backward(np.array([1.0, 10.0]))
    assert np.array_equal(x.grad, [2.0, 20.0])


def test_integers_are_not_differentiable():
    with pytest.raises(NotDifferentiable):
        runtime.tensor([1, 2], requires_grad=True)
    with pytest.raises(NotDifferentiable):
        runtime.tensor([True]).requires_grad_()


def test_requires_grad_changes_only_on_leaves():
    y = leaf(1.0) * 2.0
    with pytest.raises(SourceADError):
        y.requires_grad = False


def test_a_constant_has_no_backward():
    with pytest.raises(SourceADError):
        runtime.tensor(1.0).backward()


def test_second_backward_needs_retain_graph():
    x = leaf(2.0)
    y = np.sum(x * x)
    y.backward(retain_graph=True)
    y.backward()
    assert np.array_equal(x.grad, [8.0])
    with pytest.raises(SourceADError, match="second time"):
        y.backward()


def test_reductions_take_both_names():
    x = runtime.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    assert np.array_equal(x.sum(dim=0).detach(), x.sum(axis=0).detach())
    assert np.array_equal(np.sum(x, axis=0).detach(), x.sum(0).detach())
    assert x.mean(dim=1, keepdim=True).shape == x.mean(axis=1, keepdims=True).shape == (2, 1)
    with pytest.raises(TypeError):
        x.sum(dims=0)


def test_shape_methods():
    x = runtime.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    assert x.T.shape == x.mT.shape == x.transpose(0, 1).shape == x.permute(1, 0).shape == (3, 2)
    assert x.reshape(3, 2).shape == x.reshape((3, -1)).shape == (3, 2)
    assert x.unsqueeze(0).squeeze().size() == (2, 3) and x.dim() == 2 and x.numel() == 6 and len(x) == 2
    np.sum(x.T.ravel() * np.arange(6.0)).backward()
    assert np.array_equal(x.grad, np.arange(6.0).reshape(3, 2).T)


def test_detach_and_numpy_and_item():
    x = leaf(1.0, 2.0)
    assert not x.detach().requires_grad and np.shares_memory(x.detach().numpy(), x.data.numpy())
    with pytest.raises(DerivativeLost, match="detach"):
        x.numpy()
    assert x[1].item() == 2.0 and x.tolist() == [1.0, 2.0]
    (g,) = runtime.autograd.grad(np.sum(x * x.detach()), x)
    assert np.array_equal(g, [1.0, 2.0])


def test_clone_passes_gradients_and_has_its_own_memory():
    x = leaf(1.0, 2.0)
    y = x.clone()
    y *= 3.0
    np.sum(y).backward()
    assert np.array_equal(x.grad, [3.0, 3.0]) and x.tolist() == [1.0, 2.0]


def test_repr_is_pytorchs():
    x = leaf(1.0, 2.5)
    assert repr(x) == "tensor([1.0000, 2.5000], requires_grad=True)"
    assert repr(np.sum(x)) == "tensor(3.5000, grad_fn=<SumBackward0>)"
    assert repr(runtime.tensor([1.0, 2.0])) == "tensor([1., 2.])"
    assert repr(runtime.tensor(np.array([1.0]))) == "tensor([1.], dtype=torch.float64)"
    assert repr(runtime.tensor([1, 2])) == "tensor([1, 2])"
    assert f"{np.sum(x):.1f}" == "3.5"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_leaves_are_copied_and_pickled(again):
    x = leaf(1.0, 2.0)
    np.sum(x * x).backward()
    y = again(x)
    assert isinstance(y, Tensor) and y.requires_grad and y.tolist() == [1.0, 2.0]
    # As in PyTorch a copy has the gradient too, a file has not.
    assert (y.grad.tolist() == [2.0, 4.0]) if again is copy.deepcopy else y.grad is None
    with pytest.raises(SourceADError):
        again(x * 2.0)


def test_creation():
    assert runtime.zeros(2, 3).shape == runtime.ones((2, 3)).shape == (2, 3)
    assert runtime.full((2,), 1.5).tolist() == [1.5, 1.5] and runtime.eye(2).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert runtime.arange(3).dtype == np.int64 and runtime.arange(0.0, 1.0, 0.5).dtype == np.float32
    assert runtime.linspace(0.0, 1.0, 3).tolist() == [0.0, 0.5, 1.0]
    memory = np.zeros(2)
    runtime.from_numpy(memory)[0] = 5.0
    assert memory[0] == 5.0
    x = leaf(1.0, 2.0)
    assert runtime.as_tensor(x) is x
    assert runtime.as_tensor([x[0], x[1] * 2.0]).requires_grad


def test_one_number_leaves_the_graph_with_a_warning():
    x = leaf(2.0)
    for leave in (lambda: float(x[0]), lambda: math.sqrt(x[0] * 2.0), lambda: complex(x[0])):
        with pytest.warns(UserWarning, match="detach"):
            assert leave() == 2.0
    assert float(x[0].detach()) == 2.0 and bool(x[0] > 1.0)
    with pytest.raises(SourceADError, match="one element"):
        float(leaf(1.0, 2.0))


def test_in_a_traced_function_float_of_a_tensor_keeps_the_derivative():
    value, pullback = runtime.vjp(lambda x: float(x[0]) * 3.0, leaf(2.0))
    assert value.item() == 6.0 and pullback(runtime.tensor(1.0))[0].tolist() == [3.0]
