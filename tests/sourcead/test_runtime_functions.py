"""Functions written with `runtime`'s functions: written down as source, without a graph."""

import numpy as np
import pytest

import runtime
import runtime as torch
import runtime.nn.functional as F
import sourcead
from runtime.errors import DerivativeLost, NotDifferentiable, SourceADError

RNG = np.random.default_rng(3)


def mlp(W1, b1, W2, b2, x, y):
    h = torch.tanh(torch.matmul(x, W1) + b1)
    o = F.softmax(h @ W2 + b2, dim=1)
    return torch.mean((o - y) ** 2)


def penalised(W1, b1, W2, b2, x, y):
    r = F.linear(F.relu(torch.add(x @ W1, b1)), W2.T, b2) - y
    return F.mse_loss(r, torch.zeros_like(r)) + torch.sum(torch.exp(-torch.square(W1)), dim=0).sum()


def stepped(W1, b1, W2, b2, x, y):
    h = x @ W1
    for _ in range(3):
        h = torch.sigmoid(torch.sub(h, b1)) * torch.cos(h)
    both = torch.cat([torch.mul(h, h), h], dim=1)
    return (
        torch.logsumexp(torch.flatten(both), 0) + torch.sum(torch.where(h > 0.2, h, 0.5 * h)) + torch.amax(h, 0).sum()
    )


def methods(W1, b1, W2, b2, x, y):
    h = x.mm(W1).add(b1).tanh()
    o = h.matmul(W2).softmax(dim=1)
    return o.sub(y).pow(2).mean() + W1.exp().sum(dim=0).log().sum() + h.unsqueeze(0).sigmoid().mean(dim=(0, 1)).sum()


def partly_dynamic(W1, b1, W2, b2, x, y):
    return torch.sum(torch.logcumsumexp(torch.sin(x @ W1), 0)) + torch.std(b1)


FUNCTIONS = [mlp, penalised, stepped, methods, partly_dynamic]
NAMES = ("W1", "b1")


def arguments():
    return [RNG.standard_normal(shape) for shape in ((3, 4), (4,), (4, 2), (2,), (5, 3), (5, 2))]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_gradients_are_those_of_the_graph(f):
    args = arguments()
    tensors = [runtime.tensor(a, requires_grad=k < 2) for k, a in enumerate(args)]
    value = f(*tensors)
    value.backward()
    plain, found = sourcead.value_and_grad(f, NAMES)(*[t.detach() for t in tensors])
    np.testing.assert_allclose(plain.item(), value.item())
    for g, t in zip(found, tensors):
        assert isinstance(g, runtime.Tensor) and not g.requires_grad
        np.testing.assert_allclose(g.numpy(), t.grad.numpy(), atol=1e-12)
    for g, t in zip(sourcead.grad(f, NAMES)(*args), tensors):
        np.testing.assert_allclose(np.asarray(g), t.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("f", [mlp, penalised, stepped, methods])
def test_the_text_holds_no_graph(f):
    text = sourcead.grad(f, NAMES).source
    code = [line for line in text.splitlines() if "# " not in line]
    assert "runtime.vjp" not in text and not any("torch." in line or "F." in line for line in code)


def test_what_has_no_spelling_is_in_sight():
    assert "runtime.vjp(unchanging(torch.logcumsumexp)" in sourcead.grad(partly_dynamic, NAMES).source


@pytest.mark.parametrize("f", FUNCTIONS)
def test_tensors_that_require_gradients_make_one_node(f):
    tensors = [runtime.tensor(a, requires_grad=k < 2) for k, a in enumerate(arguments())]
    first, _ = sourcead.grad(f, NAMES)(*tensors)
    assert {node.name() for node, _ in first.grad_fn.next_functions} == {"torch::autograd::AccumulateGrad"}


def test_comments_are_the_users_own_lines():
    text = sourcead.grad(mlp, NAMES).source
    assert "# h = torch.tanh(torch.matmul(x, W1) + b1)" in text and "input" not in text


class Looks:
    """Not an array, though it has a Tensor's method."""

    def exp(self):
        return 1.0


def of_two(x, other):
    return (x * x).sum() + other.exp() * x.sum()


def held(x, others):
    return x.sum() * others[0].exp()


def test_methods_of_other_objects_are_not_taken_for_tensors():
    value, gradient = sourcead.value_and_grad(of_two)(np.ones(2), Looks())
    assert value == 4.0 and np.array_equal(gradient, [3.0, 3.0])
    with pytest.raises((DerivativeLost, NotDifferentiable)):
        sourcead.grad(held, "others")(np.ones(2), [Looks(), 1.0])


def test_methods_of_tensors_beside_their_attributes():
    def f(x):
        return x.exp().sum() + x.T.sigmoid().mean() * x.shape[0] + (x @ x.T).trace()

    x = runtime.tensor(np.random.default_rng(3).normal(size=(2, 3)), requires_grad=True)
    f(x).backward()
    np.testing.assert_allclose(sourcead.grad(f)(x.detach()).numpy(), x.grad.numpy(), rtol=1e-12)


def test_a_method_that_may_change_an_object_runs_with_what_reads_it():
    class Total:
        value = 0.0

        def add(self, x):
            self.value = self.value + x

    def f(x, total):
        total.add(x)
        return total.value * x

    assert sourcead.grad(f)(2.0, Total()) == 4.0
    with pytest.raises(SourceADError):
        sourcead.grad(f, dynamic="never")
