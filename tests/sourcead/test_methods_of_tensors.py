"""Functions written with methods of Tensors and with `runtime`'s functions: their derivatives are those of Tensors.

Each expression is differentiated by its emitted program and by the graph's own backward pass.
"""

import linecache
import warnings

import numpy as np
import pytest

import runtime
import sourcead
from runtime.errors import DerivativeLost
from sourcead.errors import NoEmittedForm

X = np.array([[0.3, -0.7, 1.2], [0.9, 0.4, -0.2]])
W = np.linspace(-1.0, 1.3, 9).reshape(3, 3)

# Written out whole: no dynamic graph.
EMITTED = """
x.view(-1).sin().sum(); x.view(6).pow(2).sum(); x.reshape(-1, 2).mm(w[:2]).sum(); (x @ w).relu().mean()
T.softmax(x @ w, dim=1).log().sum(); F.log_softmax(x, dim=-1)[0].sum(); x.transpose(0, 1).flatten().square().sum()
x.permute((1, 0)).contiguous().view(-1).cumsum(0).sum(); T.einsum("ij,jk->ik", x, w).exp().sum()
T.cat([x, x * 2], dim=0).sum() * x.norm(); T.stack([x, x ** 2]).mean(dim=0).sum(); T.where(x > 0, x, x * 0.1).sum()
T.sigmoid(x).mul(2).add(1).div(3).sub(x).sum(); x.var(dim=0).sum() + x.std(dim=1, keepdim=True).sum()
F.linear(x, w.T).tanh().sum(); F.mse_loss(x, T.zeros(2, 3)) + F.l1_loss(x, T.ones(2, 3)); x.abs().sqrt().sum()
x.t().matmul(x).diagonal().sum(); T.outer(x[0], x[1]).sum() + T.dot(x[0], x[1]); x.detach().sum() * x.sum()
x.size(0) * x.sum() + x.shape[1] * x.numel() * x.mean() + x.dim() * x.sum()
x.movedim(0, 1).pow(2).sum() + x.swapaxes(0, 1)[0].sum(); x.prod(dim=1).sum() + x.amax(dim=0).sum()
x.view(-1, x.size(1)).sum(dim=0).prod()
"""
# With parts on the dynamic graph, or as a whole.
OTHERS = """
F.cross_entropy(x @ w, T.tensor([0, 1])); x.permute(1, 0).pow(2).sum(); x.unsqueeze(1).expand(-1, 4, -1).pow(2).sum()
x.clamp(min=0).sum() + x.clamp(-0.5, 0.5).sum(); x.std() + x.var(); x.std(0).sum(); x.transpose(0, 1)[0].prod()
x.max() + x.min(dim=1).values.sum(); x.max(0)[0].prod(); x.min(1)[0].sum(); x.sort(dim=1)[0][:, 0].sum()
x.topk(2, dim=1).values.prod(); x.gather(1, T.tensor([[0], [1]])).prod(); x.masked_fill(x > 0.5, 0.0).pow(2).sum()
(x.repeat(2, 1) * T.arange(12.0).view(4, 3)).sum(); x.flip(0).roll(1, 1).mul(w[:2]).sum(); x.chunk(3, dim=1)[1].prod()
x.squeeze(0).pow(2).sum(); x.float().double().pow(2).sum(); x.mul((x > 0).double()).sum()
T.fft.rfft(x[0]).abs().sum(); x * x.nonzero().size(0)
x.new_ones(2, 3).mul(x).pow(2).sum(); x.unbind(0)[1].pow(3).sum(); F.layer_norm(x, (3,)).pow(3).sum()
F.batch_norm(x, None, None, training=True).pow(3).sum(); F.max_pool2d(x.view(1, 1, 2, 3), 2).sum()
F.conv2d(x.view(1, 1, 2, 3), w.view(1, 1, 3, 3), padding=1).pow(2).sum(); T.bmm(x[None], w.unsqueeze(0)).sum()
x.sum() if x.norm() > 1 else x.prod(); x.sum(0, True).pow(2).sum(); w.std() * x.sum() + x.mul(w.max(0)[0]).sum()
"""


def cases(text):
    return [part.strip() for line in text.strip().splitlines() for part in line.split(";") if part.strip()]


def made(expression):
    """A function of x and w with source that can be read."""
    file = f"<expression {expression}>"
    text = f"def f(x, w):\n    return ({expression}).sum()\n"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {"T": runtime, "F": runtime.nn.functional, "__name__": "expressions"}
    exec(compile(text, file, "exec"), names)  # The expressions stand above.
    return names["f"]


@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
@pytest.mark.parametrize(("expression", "options"), [
    *((text, {"dynamic": "never"}) for text in cases(EMITTED) if "transpose" not in text),
    *((text, {}) for text in cases(EMITTED) if "transpose" in text),
    *((text, {}) for text in cases(OTHERS)),
])  # fmt: skip
def test_the_gradient_is_that_of_the_graph(expression, options, second):
    f = made(expression)
    x = runtime.tensor(X, requires_grad=True)
    (expected,) = runtime.autograd.grad(f(x, runtime.tensor(W)), x, create_graph=True)
    df = sourcead.grad(f, **options)
    if not second:
        found = df(runtime.tensor(X), runtime.tensor(W))
        assert isinstance(found, runtime.Tensor) and found.grad_fn is None and not found.requires_grad
        np.testing.assert_allclose(found.numpy(), expected.detach().numpy(), rtol=1e-10, atol=1e-12)
        return
    if not expected.requires_grad:
        return
    weights = runtime.tensor(np.cos(np.arange(6.0)).reshape(2, 3))
    (expected,) = runtime.autograd.grad((expected * weights).sum(), x, allow_unused=True, materialize_grads=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = runtime.tensor(X, requires_grad=True)
        (df(y, runtime.tensor(W)) * weights).sum().backward()
    found = np.zeros((2, 3)) if y.grad is None else y.grad.numpy()
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-8, atol=1e-10)


def near(a, b):
    np.testing.assert_allclose(np.asarray(a.detach() if isinstance(a, runtime.Tensor) else a), b.detach(), atol=1e-10)


def spread(x):
    return x.std()


def peaks(x):
    return x.max(0)[0].prod()


@pytest.mark.parametrize("f", [spread, peaks])
def test_every_transform_takes_the_meaning_of_what_it_is_called_with(f):
    x = runtime.tensor(X, requires_grad=True)
    expected = runtime.autograd.functional
    constant = x.detach()
    first, second = expected.vjp(f, x)[1], expected.hessian(f, x)
    near(sourcead.grad(f)(constant), first)
    near(sourcead.value_and_grad(f)(constant)[0], f(x))
    near(sourcead.adjoint(f)(constant, 1.0), first)
    near(sourcead.tangent(f)(constant, runtime.ones_like(constant))[1], first.sum())
    near(sourcead.vjp(f, constant)[1](1.0)[0], first)
    near(sourcead.jvp(f, (constant,), (runtime.ones_like(constant),))[1], first.sum())
    near(sourcead.hessian(f)(constant), second)
    near(sourcead.hvp(f)(constant, constant), runtime.einsum("ijkl,kl->ij", second, constant))


def test_of_arrays_it_is_what_numpy_means():
    np.testing.assert_allclose(sourcead.grad(spread)(X), (X - X.mean()) / (6 * X.std()))


def test_one_text_cannot_be_both():
    def f(x, w):
        return x.std() * w.std()

    with pytest.raises(DerivativeLost, match="arrays and Tensors"):
        sourcead.grad(f)(runtime.tensor(X), W)
    with pytest.raises(NoEmittedForm, match="one thing of arrays"):
        sourcead.grad(f, dynamic="never")(runtime.tensor(X), runtime.tensor(W))


@sourcead.dynamic
def hidden(x):
    return x.std()


def test_a_method_that_the_text_does_not_show_is_refused():
    def f(x):
        return hidden(x) ** 2

    with pytest.raises(DerivativeLost, match="means one thing of arrays"):
        sourcead.grad(f)(runtime.tensor(X))
