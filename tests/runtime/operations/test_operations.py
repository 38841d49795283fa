"""What the operations promise beside PyTorch's values: refusals, memory, mixed types, second derivatives of several
results, in-place forms, lazy names."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest

import runtime
import runtime as torch
from runtime import methods, names
from runtime.errors import DerivativeLost, SharedArray, SourceADError


def leaf(*shape, seed=0):
    return torch.tensor(np.random.default_rng(seed).standard_normal(shape), requires_grad=True)


@pytest.mark.parametrize(
    "function",
    [
        lambda a: torch.linalg.eigh(a @ a.mT).eigenvectors.abs(),
        lambda a: torch.linalg.qr(a).Q * torch.linalg.qr(a).R,
        lambda a: torch.linalg.svd(a).U.abs() + torch.linalg.svd(a).Vh.abs(),
        lambda a: torch.linalg.slogdet(a).logabsdet * torch.linalg.slogdet(a).sign,
    ],
)
def test_second_derivatives_through_several_results(function):
    """Each result is read by the rule itself, so the second walk brings two cotangents to one result."""
    a = torch.tensor(np.array([[2.0, 0.3, -0.4], [0.5, 1.5, 0.7], [-0.2, 0.9, 3.0]]), requires_grad=True)
    weights = np.cos(np.arange(9.0)).reshape(3, 3)
    direction = np.sin(np.arange(9.0)).reshape(3, 3)

    def slope(at):
        x = torch.tensor(at, requires_grad=True)
        return x, torch.autograd.grad((function(x) * weights).sum(), [x], create_graph=True)[0]

    x, g = slope(a.detach().numpy())
    (curvature,) = torch.autograd.grad((g * direction).sum(), [x])
    ahead, behind = (slope(a.detach().numpy() + h * direction)[1].detach().numpy() for h in (1e-6, -1e-6))
    np.testing.assert_allclose(np.sum(curvature.numpy() * direction), np.sum((ahead - behind) * direction) / 2e-6, 1e-5)


def test_in_place_forms_change_the_memory_and_are_differentiated():
    x = leaf(2, 3)
    y = x * 2.0
    view = y[0]
    assert y.sin_() is y and np.allclose(view.detach(), np.sin(2.0 * x.detach().numpy()[0]))
    y.mul_(y).add_(x, alpha=3).clamp_(-1.0, 2.5)
    y.sum().backward()
    inside = (np.sin(2 * x.detach().numpy()) ** 2 + 3 * x.detach().numpy() >= -1.0) & (
        np.sin(2 * x.detach().numpy()) ** 2 + 3 * x.detach().numpy() <= 2.5
    )
    expected = inside * (2.0 * np.sin(4.0 * x.detach().numpy()) + 3.0)
    np.testing.assert_allclose(x.grad, expected)


def test_in_place_forms_refuse_another_type_or_shape():
    counts = torch.tensor([1, 2, 3])
    with pytest.raises(RuntimeError, match=r"torch.float32 can't be cast to the desired output type torch.int64"):
        counts.div_(2)
    with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
        torch.zeros(3).add_(torch.zeros(2, 3))
    assert counts.add_(1).tolist() == [2, 3, 4] and counts.zero_().tolist() == [0, 0, 0]


def test_a_leaf_is_not_changed_in_place():
    with pytest.raises(SharedArray):
        leaf(2).exp_()
    x = leaf(2)
    with torch.no_grad():
        x.zero_()
    assert x.tolist() == [0.0, 0.0]


def test_writing_and_scattering_in_place():
    x = torch.zeros(2, 3)
    x.fill_(2.0)
    x[0].copy_(torch.tensor([1, 2, 3]))
    x.index_add_(1, torch.tensor([0, 0]), torch.ones(2, 2))
    x.masked_fill_(x > 3.5, 0.0)
    x.scatter_(1, torch.tensor([[2], [1]]), 9.0)
    assert x.tolist() == [[3.0, 2.0, 9.0], [0.0, 9.0, 2.0]]
    assert torch.zeros(3, 3).fill_diagonal_(1.0).tolist() == torch.eye(3).tolist()


def test_an_operand_array_may_change_after_it_was_used():
    x, a = leaf(3), np.ones(3)
    y = torch.mul(x, a).sum()
    a[:] = 100.0
    y.backward()
    assert x.grad.tolist() == [1.0, 1.0, 1.0]


def test_integers_mix_as_in_pytorch():
    counts, single = torch.tensor([1, 2]), torch.tensor(2.5, dtype=torch.float64)
    assert (counts / 2).dtype == torch.float32 and (counts + 1.5).dtype == torch.float32
    assert (torch.ones(2) * single).dtype == torch.float32 and (counts * single).dtype == torch.float64
    assert (counts * True).dtype == torch.int64 and (counts > 1).dtype == torch.bool
    assert (torch.ones(2) * np.float64(2.0)).dtype == torch.float32
    assert torch.promote_types(torch.float32, torch.int64) is torch.float32
    assert torch.result_type(counts, 1.0) is torch.float32


def test_types_print_pickle_and_equal_numpys():
    assert repr(torch.float32) == "torch.float32" and torch.ones(1).dtype is torch.float32
    assert torch.float64 == np.float64 == torch.double and np.dtype("f4") == torch.float32
    assert np.zeros(2, torch.float32).dtype == np.float32 and hash(torch.int64) == hash(np.dtype(np.int64))
    assert pickle.loads(pickle.dumps(torch.float64)) is torch.float64
    assert torch.finfo(torch.float32).eps == float(np.finfo(np.float32).eps) and torch.iinfo(torch.uint8).max == 255


def test_the_default_type_can_be_changed():
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.zeros(1).dtype is torch.tensor(1.5).dtype is (torch.tensor([1]) / 2).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    with pytest.raises(SourceADError, match=r"must be a floating-point type, not torch.int64"):
        torch.set_default_dtype(torch.int64)


def test_shapes_and_devices_print_as_in_pytorch():
    x = torch.zeros(2, 3)
    assert repr(x.shape) == repr(x.size()) == "torch.Size([2, 3])" and x.shape == (2, 3) and x.shape.numel() == 6
    assert str(x.device) == "cpu" and repr(torch.device("cuda", 0)) == "device(type='cuda', index=0)"
    assert not torch.cuda.is_available() and x.to("cpu") is x and x.cpu() is x
    with pytest.raises(SourceADError, match="no CUDA device is in use"):
        x.cuda()


def test_conversions():
    x = torch.tensor([1.7, -1.7])
    assert x.long().tolist() == x.int().tolist() == [1, -1] and x.bool().tolist() == [True, True]
    assert x.double().dtype is x.to(torch.float64).dtype is x.type(torch.float64).dtype is torch.float64
    assert x.float() is x and x.type() == "torch.FloatTensor" and x.type_as(torch.ones(1).long()).tolist() == [1, -1]
    y = leaf(2)
    (g,) = torch.autograd.grad(y.float().double().sum(), y)
    assert g.tolist() == [1.0, 1.0]


def test_named_results_print_as_in_pytorch():
    found = torch.max(torch.tensor([[1.0, 3.0], [4.0, 2.0]]), 1)
    assert repr(found) == "torch.return_types.max(\nvalues=tensor([3., 4.]),\nindices=tensor([1, 0]))"
    values, indices = found
    assert found.values is values and found[1] is indices


def test_what_is_not_determined_has_no_derivative():
    for call in (
        lambda a: torch.linalg.svd(a),
        lambda a: torch.linalg.qr(a, "complete"),
        lambda a: (
            torch.linalg.eig(a[:2] @ torch.tensor([[0.0, -1.0], [1.0, 0.0]]).double())
            .eigenvectors.imag.sum()
            .backward()
        ),
    ):
        with pytest.raises(SourceADError):
            call(leaf(3, 2))
    assert [part.shape for part in torch.linalg.svd(torch.ones(3, 2))] == [(3, 3), (2,), (2, 2)]


def test_equal_singular_values_have_no_derivative_of_vectors():
    a = torch.eye(2, requires_grad=True)
    with pytest.raises(SourceADError, match="equal"):
        torch.linalg.svd(a).U[0, 1].backward()


def test_only_the_triangle_that_is_read_has_a_gradient():
    a = torch.tensor([[2.0, 99.0], [0.5, 1.0]], requires_grad=True)
    torch.linalg.cholesky(a)[1, 0].backward()
    assert a.grad[0, 1] == 0.0 and a.grad[1, 0] != 0.0


def test_random_numbers_follow_the_seed():
    torch.manual_seed(3)
    first = [
        torch.rand(2),
        torch.randn(2, 2),
        torch.randint(0, 9, (4,)),
        torch.randperm(5),
        torch.rand_like(torch.ones(2)),
    ]
    torch.manual_seed(3)
    second = [
        torch.rand(2),
        torch.randn(2, 2),
        torch.randint(9, (4,)),
        torch.randperm(5),
        torch.rand_like(torch.ones(2)),
    ]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    stream = torch.Generator().manual_seed(1)
    assert torch.randn(3, generator=stream).dtype is torch.float32 and torch.rand(2, requires_grad=True).requires_grad
    assert sorted(first[3].tolist()) == [0, 1, 2, 3, 4] and first[2].dtype is torch.int64
    drawn = torch.multinomial(torch.tensor([[0.0, 1.0, 3.0], [1.0, 0.0, 0.0]]), 4, replacement=True)
    assert drawn.shape == (2, 4) and 0 not in drawn[0] and set(drawn[1].tolist()) == {0}
    assert torch.bernoulli(torch.tensor([0.0, 1.0])).tolist() == [0.0, 1.0]
    with pytest.raises(RuntimeError, match="without replacement"):
        torch.multinomial(torch.tensor([0.0, 1.0]), 2)
    assert 0.0 <= torch.empty(9).uniform_(0.0, 0.5).max() <= 0.5 and torch.normal(torch.ones(2), 0.0).tolist() == [1, 1]


def test_creation():
    assert torch.arange(3).tolist() == [0, 1, 2] and torch.arange(1, 2, 0.5).tolist() == [1.0, 1.5]
    assert torch.arange(end=3, start=1).tolist() == [1, 2] and torch.linspace(0, 1, 3).tolist() == [0.0, 0.5, 1.0]
    assert torch.full((2,), 7).dtype is torch.int64 and torch.full((2,), 7.0).dtype is torch.float32
    assert torch.logspace(0, 2, 3).tolist() == [1.0, 10.0, 100.0] and torch.empty(2, 3).shape == (2, 3)
    assert torch.zeros_like(torch.ones(2, dtype=torch.int32)).dtype is torch.int32
    assert torch.ones(2).new_zeros(3).tolist() == [0, 0, 0] and torch.ones(2).new_tensor([1, 2]).dtype is torch.float32
    assert torch.tensor([]).dtype is torch.float32 and torch.tensor([1 + 2j]).dtype is torch.complex64
    assert torch.tensor([True]).dtype is torch.bool and torch.eye(2, dtype=torch.int64).tolist() == [[1, 0], [0, 1]]


def test_views_share_memory():
    x = torch.zeros(2, 3)
    for piece in (x.view(6), x.t(), x[0], x.unsqueeze(0), x.expand(4, 2, 3), torch.split(x, 1)[0], x.unbind()[1]):
        assert np.shares_memory(piece.numpy(), x.numpy())
    with pytest.raises(RuntimeError, match="reshape"):
        x.t().view(6)


def test_every_name_of_the_tables_is_there():
    for name in names.homes():
        assert getattr(runtime, name) is not None or name == "newaxis"
    for table in (methods.PLAIN, methods.IN_PLACE):
        for family, members in table.items():
            for name in members.split():
                wanted = f"{name}_" if table is methods.IN_PLACE else name
                assert callable(getattr(runtime.Tensor, wanted)), f"{family}.{wanted}"
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        runtime.nonsense  # noqa: B018


def test_importing_the_package_loads_no_family_of_operations():
    families = [*{**names.FUNCTIONS, **methods.PLAIN}, "operators", "calling"]
    code = f"import sourcead, sys; assert not [f for f in {families} if 'runtime.operations.' + f in sys.modules]"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_derivatives_that_would_be_lost_are_refused():
    x = leaf(3)
    with pytest.raises(DerivativeLost, match="the derivative would be lost"):
        torch.tensor([x[0] * 2.0, 1.0])
    with pytest.raises(DerivativeLost, match="spacing"):
        torch.gradient(torch.ones(3), spacing=x.sum())
    assert torch.tensor(x * 2.0).requires_grad is False


def test_quantiles_vary_with_their_share():
    x, q = leaf(5), torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    torch.quantile(x, q).backward()
    ordered = np.sort(x.detach().numpy())
    np.testing.assert_allclose(q.grad, 4 * (ordered[2] - ordered[1]))
