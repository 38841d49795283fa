"""What a user of PyTorch types first: each expression prints the same here."""

from __future__ import annotations

import numpy as np
import pytest

import runtime

torch = pytest.importorskip("torch")

EXPRESSIONS = """
t.tensor([1, 2, 3])
t.tensor([[1.0, 2.0], [3.0, 4.5]])
t.tensor(3.5).item()
t.tensor([True, False])
t.Tensor([1, 2])
t.tensor([1, 2.5])
t.tensor([[1, 2], [3, 4]]).float()
t.tensor(np.array([1.0, 2.0]))
t.tensor([1, 2], dtype=t.float64)
t.tensor([1.5, 2.5]).dtype
t.zeros(2, 3)
t.zeros((2, 3))
t.zeros(size=(2, 3))
t.ones(2, dtype=t.int64)
t.empty(0)
t.full((2, 2), 7)
t.full(size=(2,), fill_value=0.5)
t.eye(3)
t.arange(5)
t.arange(1, 10, 3)
t.arange(0.0, 1.0, 0.25)
t.linspace(0, 1, steps=5)
t.logspace(start=-2, end=2, steps=5)
t.zeros_like(t.ones(2, 2), dtype=t.int32)
t.from_numpy(np.arange(3))
t.as_tensor([1.0, 2.0])
x.shape
x.size()
x.size(-1)
x.shape[0]
x.dim()
x.numel()
len(x)
x.dtype
x.device
x.T
x.t()
x.mT
x[0]
x[:, 1]
x[..., -1]
x[0, 1].item()
x[x > 2]
x[[0, 1], [2, 0]]
x[None].shape
x.tolist()
[row.sum().item() for row in x]
x.view(-1)
x.view(3, -1)
x.reshape(3, 2)
x.flatten()
x.permute(1, 0)
x.transpose(0, 1).contiguous().view(-1)
x.unsqueeze(0).shape
x.unsqueeze(-1).squeeze().shape
x.repeat(2, 1)
x[0].expand(2, -1)
x + 1
1 - x
x * x
x / 2
x // 2
x % 2
x**2
2**x
-x
abs(-x)
x @ x.T
x.matmul(x.T)
x > 3
x == 2
(x > 1) & (x < 5)
~(x > 1)
(x > 3).sum()
(x > 3).float().mean()
x.sum()
x.sum(dim=0)
x.sum(1, keepdim=True)
x.mean(dim=[0, 1])
x.std(dim=1, unbiased=False)
x.var()
x.max()
x.max(dim=1)
x.min(0).indices
x.argmax()
x.argmax(dim=1)
x.prod()
x.cumsum(dim=1)
x.norm()
x.abs().max()
x.sort(descending=True)
x.topk(2)
x.median()
x.clamp(min=2, max=5)
x.clamp(min=2.5)
x.exp().log().round(decimals=3).sum()
x.sqrt()
x.sin().round(decimals=2)
x.long()
x.int()
x.double()
x.bool()
x.to(t.float64)
x.type(t.int64)
x.numpy()
t.cat([x, x], dim=0).shape
t.cat((x, x), 1)
t.stack([x, x]).shape
t.split(x, 1)
t.chunk(x, 3, dim=1)
t.unbind(x)
t.where(x > 2, x, t.zeros_like(x))
t.where(x > 2, 1.0, 0.0)
t.softmax(x, dim=1)
t.log_softmax(x, dim=-1)
t.sigmoid(x)
t.tanh(x)
t.relu(x - 3)
t.nn.functional.one_hot(t.tensor([0, 2, 1]))
t.nn.functional.softplus(x)
t.nn.functional.pad(x, (1, 1))
t.nn.functional.normalize(x)
t.max(x, t.full_like(x, 3.0))
t.maximum(x, x.flip(0))
t.mm(x, x.t())
t.dot(x[0], x[1])
t.outer(x[0], x[1])
t.einsum("ij,kj->ik", x, x)
t.tril(t.ones(3, 3))
t.triu(t.ones(3, 3), diagonal=1).bool()
t.diag(t.tensor([1.0, 2.0]))
t.meshgrid(t.arange(2), t.arange(3), indexing="ij")
t.gather(x, 1, t.tensor([[0, 2], [1, 0]]))
x.index_select(1, t.tensor([0, 2]))
x.masked_fill(x > 3, float("-inf"))
x.masked_select(x > 3)
t.zeros(2, 3).scatter_(1, t.tensor([[0], [2]]), 1.0)
t.zeros(3).index_add_(0, t.tensor([0, 0, 2]), t.ones(3))
t.unique(t.tensor([3, 1, 3, 2]))
t.unique(t.tensor([3, 1, 3]), return_counts=True)
t.bincount(t.tensor([0, 1, 1, 3]))
t.nonzero(t.tensor([0, 1, 2]))
t.isnan(t.tensor([1.0, float("nan")]))
t.allclose(x, x + 1e-9)
t.equal(x, x.clone())
t.numel(x)
t.is_tensor(x)
t.promote_types(t.int32, t.float32)
t.result_type(t.tensor([1]), 1.0)
t.can_cast(t.float64, t.int64)
t.finfo(t.float32).eps
t.finfo(t.float64)
t.iinfo(t.int16)
t.get_default_dtype()
t.device("cuda:1")
t.Size([2, 3]).numel()
t.pi, t.inf, t.e
t.linalg.norm(x)
t.linalg.inv(t.tensor([[2.0, 0.0], [0.0, 4.0]]))
t.linalg.solve(t.eye(2) * 2, t.ones(2))
t.linalg.det(t.tensor([[1.0, 2.0], [3.0, 4.0]]))
t.linalg.slogdet(t.eye(2) * 3)
t.linalg.eigvalsh(t.tensor([[2.0, 1.0], [1.0, 2.0]]))
t.linalg.matrix_rank(x)
t.fft.fft(t.tensor([1.0, 2.0, 3.0, 4.0]))
t.fft.rfft(t.tensor([1.0, 0.0, 0.0, 0.0]))
t.special.expit(t.tensor([0.0]))
t.complex(t.tensor([1.0]), t.tensor([2.0]))
t.complex(t.tensor([3.0]), t.tensor([4.0])).abs()
t.polar(t.tensor([1.0]), t.tensor([0.0]))
t.tensor([1 + 2j]).conj()
t.cdist(x, x)
t.kron(t.eye(2), t.ones(1, 2))
t.roll(x, 1, 1)
t.flip(x, dims=(0,))
t.repeat_interleave(t.tensor([1, 2]), 2)
t.tile(t.tensor([1, 2]), (2, 2))
t.broadcast_to(t.tensor([1, 2]), (2, 2))
t.movedim(t.zeros(2, 3, 4), 0, -1).shape
t.swapaxes(t.zeros(2, 3), 0, 1).shape
t.atleast_2d(t.tensor(1.0))
t.searchsorted(t.tensor([1, 3, 5]), t.tensor([2, 5]))
t.bucketize(t.tensor([1.5, 3.0]), t.tensor([1.0, 2.0, 3.0]))
t.histc(t.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
t.logsumexp(x, 1)
t.logaddexp(x[0], x[1])
t.lerp(x[0], x[1], 0.5)
t.quantile(x, 0.25)
t.nan_to_num(t.tensor([float("nan"), 1.0]))
t.heaviside(t.tensor([-1.0, 0.0]), t.tensor(0.5))
t.frac(t.tensor([1.25]))
t.fmod(t.tensor([-3.0]), 2)
t.remainder(t.tensor([-3.0]), 2)
t.floor_divide(t.tensor([7]), 2)
t.div(t.tensor([7]), 2, rounding_mode="trunc")
t.tensor([5]) / 2
t.tensor([5]) // 2
t.tensor([6]) & 3
t.tensor([1]) << 3
t.tensor([1, 2]) + t.tensor([0.5])
t.ones(2) + t.tensor(1.0, dtype=t.float64)
t.tensor([1, 2]).sum() / 2
t.ones(1, dtype=t.float16) + 1
x.add_(1).mul_(2)
x.clone().fill_(3)
x.clone().zero_()
x.new_zeros(2)
x.new_tensor([1, 2])
x.element_size()
x.is_contiguous(), x.t().is_contiguous()
x.stride()
x.is_floating_point()
x.requires_grad_().sin().sum()
x.requires_grad_().detach()
t.cuda.is_available()
""".strip().splitlines()


def printed(library, expression):
    x = library.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    return repr(eval(expression, {"t": library, "x": x, "np": np}))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_prints_the_same(expression):
    assert printed(runtime, expression) == printed(torch, expression)
