"""Optimizers and schedules against PyTorch's: the same path over many steps."""

from __future__ import annotations

import numpy as np
import pytest

import runtime
from runtime import optim

torch = pytest.importorskip("torch")

TARGET = np.random.default_rng(0).standard_normal((3, 4))


def case(name, **options):
    # Functions print with their addresses, which differ from process to process.
    texts = [key if callable(value) else f"{key}={value}" for key, value in options.items()]
    return pytest.param(name, options, id=f"{name}({', '.join(texts)})")


OPTIMIZERS = [
    case("SGD", lr=0.05),
    case("SGD", lr=0.05, momentum=0.9),
    case("SGD", lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.1),
    case("SGD", lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    case("SGD", lr=1e-3, maximize=True),
    case("Adam", lr=0.05),
    case("Adam", lr=0.05, betas=(0.8, 0.95), weight_decay=0.1, amsgrad=True),
    case("Adam", lr=0.01, maximize=True),
    case("AdamW", lr=0.05, weight_decay=0.3),
    case("AdamW", lr=0.05, amsgrad=True, eps=1e-3),
    case("Adamax", lr=0.05, weight_decay=0.1),
    case("NAdam", lr=0.05),
    case("NAdam", lr=0.05, weight_decay=0.1, decoupled_weight_decay=True),
    case("RAdam", lr=0.05, betas=(0.9, 0.9)),
    case("RAdam", lr=0.05, weight_decay=0.1),
    case("RMSprop", lr=0.02),
    case("RMSprop", lr=0.02, alpha=0.9, momentum=0.8, centered=True, weight_decay=0.1),
    case("Adagrad", lr=0.2),
    case("Adagrad", lr=0.2, lr_decay=0.05, weight_decay=0.1, initial_accumulator_value=0.3),
    case("Adadelta", rho=0.8, weight_decay=0.1),
]


def loss_of(w, b, target):
    """Not convex and badly scaled, so that errors grow."""
    r = (w - target) * (1.0 + b)
    return (r * r).sum() + 0.1 * (w * w * w * w).sum() + 3.0 * ((b - 0.5) * (b - 0.5)).sum()


def start(library, dtype):
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal((3, 4)).astype(dtype), rng.standard_normal(4).astype(dtype)]
    return [library.tensor(a, requires_grad=True) for a in arrays], library.tensor(TARGET.astype(dtype))


def path(library, name, options, dtype, steps=60):
    (w, b), target = start(library, dtype)
    groups = [{"params": [w]}, {"params": [b], "lr": options.get("lr", 1.0) / 2}]
    optimizer = getattr(library.optim, name)(groups, **options)
    found = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(w, b, target).backward()
        optimizer.step()
        found.append(np.concatenate([w.detach().numpy().ravel(), b.detach().numpy()]))
    return np.array(found)


@pytest.mark.parametrize("name, options", OPTIMIZERS)
def test_an_optimizer_takes_pytorch_s_path(name, options):
    want = path(torch, name, options, np.float64)
    have = path(runtime, name, options, np.float64)
    # PyTorch keeps the product of NAdam's momenta in single precision.
    rtol = 1e-5 if name == "NAdam" else 1e-9
    np.testing.assert_allclose(have, want, rtol=rtol, atol=rtol / 100)
    # Near the minimum steps of constant length follow the signs of rounding errors, so only the first ones.
    single = path(runtime, name, options, np.float32, 25)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, want[:25], rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("name, options", OPTIMIZERS)
def test_a_saved_optimizer_goes_on_as_it_would_have(name, options):
    whole = path(runtime, name, options, np.float64, 20)
    (w, b), target = start(runtime, np.float64)
    optimizer = getattr(optim, name)([w, b], **options)
    groups = [{"params": [w]}, {"params": [b], "lr": options.get("lr", 1.0) / 2}]
    optimizer = getattr(optim, name)(groups, **options)
    for step in range(20):
        if step == 10:
            state = optimizer.state_dict()
            optimizer = getattr(optim, name)([{"params": [w]}, {"params": [b]}])
            optimizer.load_state_dict(state)
        optimizer.zero_grad()
        loss_of(w, b, target).backward()
        optimizer.step()
    np.testing.assert_array_equal(np.concatenate([w.detach().numpy().ravel(), b.detach().numpy()]), whole[-1])


def rosenbrock(x):
    return (100.0 * (x[1:] - x[:-1] * x[:-1]) ** 2 + (1.0 - x[:-1]) ** 2).sum()


@pytest.mark.parametrize(
    "options",
    [
        dict(lr=1e-3),
        dict(lr=1e-3, history_size=3, max_iter=7),
        dict(line_search_fn="strong_wolfe"),
        dict(line_search_fn="strong_wolfe", max_iter=4, history_size=2, lr=0.7),
        dict(line_search_fn="strong_wolfe", max_eval=6),
        dict(line_search_fn="strong_wolfe", tolerance_grad=1e-2),
    ],
    ids=str,
)
def test_lbfgs_takes_pytorch_s_path(options):
    def run(library):
        x = library.tensor(np.array([-1.2, 1.0, 0.7, -0.4]), requires_grad=True)
        optimizer = library.optim.LBFGS([x], **options)
        found, calls = [], []

        def closure():
            optimizer.zero_grad()
            loss = rosenbrock(x)
            loss.backward()
            calls.append(loss.item())
            return loss

        for _ in range(6):
            found.append([optimizer.step(closure).item(), *x.detach().numpy()])
        return np.array(found), calls

    want, want_calls = run(torch)
    have, have_calls = run(runtime)
    assert len(have_calls) == len(want_calls)
    np.testing.assert_allclose(have, want, rtol=1e-6, atol=1e-8)


SCHEDULES = [
    case("LambdaLR", lr_lambda=lambda step: 0.9**step),
    case("MultiplicativeLR", lr_lambda=lambda step: 0.95 if step % 2 else 1.0),
    case("StepLR", step_size=3, gamma=0.5),
    case("MultiStepLR", milestones=[2, 5, 5, 9], gamma=0.5),
    case("ExponentialLR", gamma=0.9),
    case("ConstantLR", factor=0.3, total_iters=4),
    case("LinearLR", start_factor=0.2, end_factor=0.9, total_iters=6),
    case("PolynomialLR", total_iters=8, power=2.0),
    case("CosineAnnealingLR", T_max=7, eta_min=0.01),
    case("CosineAnnealingWarmRestarts", T_0=3, T_mult=2, eta_min=0.01),
    case("CyclicLR", base_lr=0.01, max_lr=0.3, step_size_up=3, step_size_down=4),
    case("CyclicLR", base_lr=0.01, max_lr=0.3, step_size_up=3, mode="triangular2"),
    case("CyclicLR", base_lr=0.01, max_lr=0.3, step_size_up=3, mode="exp_range", gamma=0.9),
    case("CyclicLR", base_lr=0.01, max_lr=0.3, step_size_up=2, scale_fn=lambda x: 0.5**x, cycle_momentum=False),
    case("OneCycleLR", max_lr=0.5, total_steps=20),
    case("OneCycleLR", max_lr=0.5, epochs=4, steps_per_epoch=5, anneal_strategy="linear", three_phase=True),
    case("OneCycleLR", max_lr=[0.5, 0.1], total_steps=20, pct_start=0.5, cycle_momentum=False),
]


def two_groups(library, name="SGD"):
    a, b = (library.nn.Parameter(library.ones(1)) for _ in range(2))
    return getattr(library.optim, name)(
        [{"params": [a]}, {"params": [b], "lr": 0.05}], lr=0.2, **({"momentum": 0.5} if name == "SGD" else {})
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("name, options", SCHEDULES)
def test_a_schedule_is_pytorch_s(name, options, optimizer):
    def run(library):
        steps = two_groups(library, optimizer)
        schedule = getattr(library.optim.lr_scheduler, name)(steps, **options)
        found = []
        for _ in range(19):
            found.append([group["lr"] for group in steps.param_groups])
            found[-1] += [group.get("momentum", group.get("betas", [0.0])) for group in steps.param_groups]
            assert schedule.get_last_lr() == found[-1][:2]
            steps.step()
            schedule.step()
        return found

    for have, want in zip(run(runtime), run(torch)):
        for a, b in zip(have, want):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_schedules_of_schedules_are_pytorch_s():
    def run(library):
        kinds = library.optim.lr_scheduler
        found = []
        steps = two_groups(library)
        parts = [kinds.LinearLR(steps, 0.1, total_iters=4), kinds.ExponentialLR(steps, 0.8), kinds.StepLR(steps, 2)]
        schedule = kinds.SequentialLR(steps, parts, milestones=[4, 9])
        for _ in range(15):
            found.append([group["lr"] for group in steps.param_groups])
            steps.step()
            schedule.step()
        steps = two_groups(library)
        schedule = kinds.ChainedScheduler([kinds.ConstantLR(steps, 0.1, 4), kinds.ExponentialLR(steps, 0.9)])
        for _ in range(10):
            found.append([group["lr"] for group in steps.param_groups])
            steps.step()
            schedule.step()
        return np.array(found)

    np.testing.assert_allclose(run(runtime), run(torch), rtol=1e-10)


@pytest.mark.parametrize(
    "options",
    [
        dict(factor=0.5, patience=1),
        dict(mode="max", factor=0.5, patience=0, threshold=0.05, threshold_mode="abs", cooldown=2),
        dict(factor=0.1, patience=1, min_lr=[0.03, 0.01]),
    ],
    ids=str,
)
def test_waiting_for_a_plateau_is_pytorch_s(options):
    measures = [1.0, 0.9, 0.9, 0.89999, 0.91, 0.92, 0.5, 0.6, 0.6, 0.6, 0.6, 0.4, 0.45, 0.45, 0.45]

    def run(library):
        steps = two_groups(library)
        schedule = library.optim.lr_scheduler.ReduceLROnPlateau(steps, **options)
        found = []
        for measure in measures:
            schedule.step(measure)
            found.append([group["lr"] for group in steps.param_groups] + [schedule.num_bad_epochs])
        return np.array(found)

    np.testing.assert_allclose(run(runtime), run(torch), rtol=1e-12)
