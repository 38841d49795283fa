"""Layers, losses and optimizers of PyTorch that are less common, compared with it: values and gradients."""

import copy

import numpy as np
import pytest

import runtime

torch = pytest.importorskip("torch")


def both(shape, seed=0, low=-2.0, high=2.0):
    numbers = np.random.default_rng(seed).uniform(low, high, shape)
    return torch.tensor(numbers, requires_grad=True), runtime.tensor(numbers, requires_grad=True)


def check(theirs, ours, leaves, tolerance=1e-9):
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=tolerance, atol=tolerance)
    weights = np.cos(np.arange(theirs.numel())).reshape(tuple(theirs.shape))
    expected = torch.autograd.grad((theirs * torch.tensor(weights)).sum(), [a for a, _ in leaves])
    found = runtime.autograd.grad((ours * runtime.tensor(weights)).sum(), [b for _, b in leaves])
    for a, b in zip(expected, found):
        np.testing.assert_allclose(b.numpy(), a.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("rows", [True, False])
def test_ctc(reduction, rows):
    scores, mine = both((7, 3, 5))
    targets, lengths = np.array([[1, 2, 2, 3], [4, 0, 0, 0], [3, 1, 3, 0]]), [4, 1, 3]
    targets = targets if rows else np.concatenate([row[:n] for row, n in zip(targets, lengths)])
    given = targets, [7, 5, 6], lengths
    results = [
        m.nn.CTCLoss(reduction=reduction)(m.log_softmax(x, -1), *(m.tensor(part) for part in given))
        for m, x in ((torch, scores), (runtime, mine))
    ]
    check(*results, [(scores, mine)])


def test_ctc_of_targets_that_do_not_fit():
    for zero in (False, True):
        found = [
            m.nn.functional.ctc_loss(
                m.zeros(2, 1, 3), m.tensor([[1, 1, 1]]), m.tensor([2]), m.tensor([3]), zero_infinity=zero
            ).item()
            for m in (torch, runtime)
        ]
        assert found[0] == found[1]


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("rank", [2, 3])
def test_grid_sample(mode, padding, corners, rank):
    lengths = (4, 5, 3)[:rank]
    x, y = both((2, 3, *lengths)), both((2, 3, 2, *(2,) * (rank - 2), rank), seed=1, low=-1.4, high=1.4)
    results = [
        m.nn.functional.grid_sample(a, g, mode=mode, padding_mode=padding, align_corners=corners)
        for m, a, g in ((torch, x[0], y[0]), (runtime, x[1], y[1]))
    ]
    check(*results, [x] if mode == "nearest" else [x, y])


@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 1, 2, 3, 4)])
def test_affine_grid(corners, size):
    rank = len(size) - 2
    theta = both((2, rank, rank + 1))
    results = [m.nn.functional.affine_grid(t, size, align_corners=corners) for m, t in zip((torch, runtime), theta)]
    check(*results, [theta])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_max_unpool(rank):
    x = both((2, 3, *(4,) * rank))
    results = []
    for m, a in zip((torch, runtime), x):
        pool = getattr(m.nn, f"MaxPool{rank}d")(2, return_indices=True)
        results.append(getattr(m.nn, f"MaxUnpool{rank}d")(2)(*pool(a)))
    check(*results, [x])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive_max_pool_gives_places(rank):
    x = both((2, 3, *(5, 7, 4)[:rank]))
    found = [getattr(m.nn, f"AdaptiveMaxPool{rank}d")(3, return_indices=True)(a) for m, a in zip((torch, runtime), x)]
    assert found[0][1].tolist() == found[1][1].tolist()
    check(found[0][0], found[1][0], [x])


CALLS = {
    "lp_pool3d": (lambda m, x: m.nn.LPPool3d(2, 2)(x), (2, 3, 4, 4, 4)),
    "instance norm": (lambda m, x: m.nn.InstanceNorm3d(3)(x), (2, 3, 4, 4, 2)),
    "upsampling bilinear": (lambda m, x: m.nn.UpsamplingBilinear2d(scale_factor=2)(x), (2, 3, 4, 3)),
    "upsampling nearest": (lambda m, x: m.nn.UpsamplingNearest2d(size=(5, 6))(x), (2, 3, 4, 3)),
    "upsample_bilinear": (lambda m, x: m.nn.functional.upsample_bilinear(x, scale_factor=2), (2, 3, 4, 3)),
    "upsample_nearest": (lambda m, x: m.nn.functional.upsample_nearest(x, size=(5, 6)), (2, 3, 4, 3)),
    "feature_alpha_dropout": (lambda m, x: m.nn.FeatureAlphaDropout(0.5).eval()(x) * 2, (2, 3, 4)),
    "multilabel margin": (
        lambda m, x: m.nn.MultiLabelMarginLoss()(x, m.tensor([[3, 0, -1, 1], [1, -1, 2, 0], [0, 1, 2, 3]])),
        (3, 4),
    ),
    "multilabel margin of one": (
        lambda m, x: m.nn.MultiLabelMarginLoss(reduction="sum")(x, m.tensor([3, 0, -1, 1])),
        (4,),
    ),
    "triplet with a distance": (
        lambda m, x: m.nn.TripletMarginWithDistanceLoss(
            distance_function=lambda a, b: ((a - b) ** 2).sum(-1), swap=True
        )(x[0], x[1], x[2]),
        (3, 4, 5),
    ),
    "bags": (
        lambda m, x: m.nn.functional.embedding_bag(
            m.tensor([1, 2, 4, 0, 2]),
            x[:5],
            m.tensor([0, 2, 2]),
            mode="sum",
            per_sample_weights=x[5, 0] * m.arange(5).to(x.dtype),
        ),
        (6, 3),
    ),
    "bags with padding": (
        lambda m, x: m.nn.functional.embedding_bag(m.tensor([[1, 2], [2, 2], [0, 1]]), x, padding_idx=2),
        (3, 4),
    ),
    "unpad": (lambda m, x: m.cat([p * 2 for p in m.nn.utils.rnn.unpad_sequence(x * 1, m.tensor([3, 1]))]), (3, 2, 2)),
    "unpack": (
        lambda m, x: m.cat(m.nn.utils.rnn.unpack_sequence(m.nn.utils.rnn.pack_padded_sequence(x, m.tensor([3, 1]))), 0),
        (3, 2, 2),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name):
    function, shape = CALLS[name]
    x = both(shape, low=0.1 if name.startswith("lp") else -2.0)
    check(*[function(m, a) for m, a in zip((torch, runtime), x)], [x])


LAZY = {
    "LazyLinear": ((4,), {}, (2, 3)),
    "LazyConv1d": ((4, 2), {}, (2, 3, 5)),
    "LazyConv2d": ((4, 2), dict(groups=2, bias=False), (2, 4, 5, 5)),
    "LazyConv3d": ((4, 2), {}, (2, 3, 4, 4, 4)),
    "LazyConvTranspose2d": ((4, 2), dict(stride=2), (2, 3, 4, 4)),
    "LazyBatchNorm1d": ((), {}, (5, 3)),
    "LazyBatchNorm2d": ((), dict(eps=1e-3), (2, 3, 4, 4)),
    "LazyInstanceNorm2d": ((), dict(affine=True), (2, 3, 4, 4)),
}


@pytest.mark.parametrize("name", LAZY)
def test_a_lazy_layer(name):
    args, options, shape = LAZY[name]
    theirs, ours = (getattr(m.nn, name)(*args, **options) for m in (torch, runtime))
    assert repr(theirs) == repr(ours)
    parameters = list(ours.parameters())
    assert ours.has_uninitialized_params() and copy.deepcopy(ours).has_uninitialized_params()
    x = both(shape)
    with torch.no_grad(), runtime.no_grad():
        theirs(x[0].float()), ours(x[1].float())
    assert type(ours).__name__ == type(theirs).__name__ and repr(theirs) == repr(ours)
    assert all(p is q for p, q in zip(ours.parameters(), parameters))
    values = {key: value.numpy() for key, value in theirs.double().state_dict().items()}
    ours.double().load_state_dict({key: runtime.tensor(value) for key, value in values.items()})
    check(theirs(x[0]), ours(x[1]), [x, *zip(theirs.parameters(), ours.parameters())])


def pair_of_layers():
    theirs, ours = torch.nn.Linear(3, 4).double(), runtime.nn.Linear(3, 4).double()
    ours.load_state_dict({key: runtime.tensor(value.numpy()) for key, value in theirs.state_dict().items()})
    return theirs, ours


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm(dim):
    theirs, ours = pair_of_layers()
    torch.nn.utils.weight_norm(theirs, dim=dim), runtime.nn.utils.weight_norm(ours, dim=dim)
    x = both((2, 3))
    assert [name for name, _ in theirs.named_parameters()] == [name for name, _ in ours.named_parameters()]
    check(theirs(x[0]), ours(x[1]), [x, *zip(theirs.parameters(), ours.parameters())])
    runtime.nn.utils.remove_weight_norm(ours)
    assert [name for name, _ in ours.named_parameters()] == ["bias", "weight"]
    with pytest.raises(ValueError):
        runtime.nn.utils.remove_weight_norm(ours)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("training", [True, False])
def test_spectral_norm(training):
    theirs, ours = pair_of_layers()
    torch.nn.utils.spectral_norm(theirs), runtime.nn.utils.spectral_norm(ours)
    ours.load_state_dict({key: runtime.tensor(value.numpy()) for key, value in theirs.state_dict().items()})
    theirs.train(training), ours.train(training)
    x = both((2, 3))
    for _ in range(2):
        check(theirs(x[0]), ours(x[1]), [x, *zip(theirs.parameters(), ours.parameters())])
    np.testing.assert_allclose(ours.weight_u.numpy(), theirs.weight_u.numpy(), rtol=1e-9)
    runtime.nn.utils.remove_spectral_norm(ours)
    assert {name for name, _ in ours.named_parameters()} == {"bias", "weight"}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Rprop", {}),
        ("Rprop", dict(etas=(0.3, 1.5), step_sizes=(1e-3, 0.2), lr=0.1)),
        ("ASGD", {}),
        ("ASGD", dict(t0=3, lambd=0.1, weight_decay=0.1, lr=0.002)),
    ],
)
def test_an_optimizer(name, options):
    x, y = both((4,))
    optimizers = [getattr(m.optim, name)([p], **options) for m, p in ((torch, x), (runtime, y))]
    for k in range(12):
        for p, optimizer in zip((x, y), optimizers):
            optimizer.zero_grad()
            ((p - 0.3 * k) ** 2 * (p + 1.5)).sum().backward()
            optimizer.step()
        np.testing.assert_allclose(y.detach().numpy(), x.detach().numpy(), rtol=1e-6, atol=1e-9)


def test_factors_and_equations():
    x, b = both((4, 4)), both((4, 2), seed=1)
    for find in (
        lambda m, a, v: m.linalg.solve_ex(a, v).result,
        lambda m, a, v: m.linalg.lu_factor_ex(a).LU,
        lambda m, a, v: m.lu_unpack(*m.linalg.lu_factor(a)).L,
        lambda m, a, v: m.lu_unpack(*m.linalg.lu_factor(a)).P @ v,
        lambda m, a, v: m.triangular_solve(v, a, upper=False).solution,
        lambda m, a, v: m.triangular_solve(v, a, transpose=True, unitriangular=True).solution,
    ):
        results = [find(m, a, v) for m, a, v in ((torch, x[0], b[0]), (runtime, x[1], b[1]))]
        np.testing.assert_allclose(results[1].detach().numpy(), results[0].detach().numpy(), rtol=1e-9)


def test_sets_of_data():
    for m in (torch, runtime):
        data = m.utils.data
        both_sets = data.StackDataset(data.TensorDataset(m.arange(3)), data.TensorDataset(m.arange(3) * 2))
        assert len(both_sets) == 3 and both_sets[1][1][0].item() == 2
        named = data.StackDataset(a=data.TensorDataset(m.arange(3)))
        assert named[2]["a"][0].item() == 2
        assert [int(k) for k in data.ChainDataset([[1, 2], [3]]).datasets[1]] == [3]
        with pytest.raises(ValueError):
            data.StackDataset()


def test_utils_is_there_after_the_import():
    assert runtime.utils.data.DataLoader and runtime.utils.checkpoint.checkpoint


def test_settings_are_kept():
    runtime.set_num_threads(3)
    runtime.set_float32_matmul_precision("high")
    runtime.use_deterministic_algorithms(True)
    assert runtime.get_num_threads() == 3 and runtime.get_float32_matmul_precision() == "high"
    assert runtime.are_deterministic_algorithms_enabled() and runtime.set_flush_denormal(True) is False
    for call in (lambda: runtime.set_num_threads(0), lambda: runtime.set_float32_matmul_precision("best")):
        with pytest.raises(RuntimeError):
            call()
    assert runtime.typename(runtime.ones(1)) == torch.typename(torch.ones(1))
    numbers = np.arange(3.0)
    assert runtime.from_dlpack(numbers).tolist() == torch.from_dlpack(numbers).tolist()
