"""Hooks on saved values, checkpoint, anomaly mode, gradcheck, observers: what torch does not tell."""

import threading

import numpy as np
import pytest

import runtime
from runtime.anomalies import AnomalyDetected
from runtime.autograd.finite_differences import GradcheckError
from runtime.autograd.graph import allow_mutation_on_saved_tensors, disable_saved_tensors_hooks, saved_tensors_hooks
from runtime.errors import CotangentMismatch, SharedArray, SourceADError
from runtime.observing import watch
from runtime.utils.checkpoint import CheckpointMismatch, checkpoint, checkpoint_sequential


def leaf(*numbers):
    return runtime.tensor(list(numbers), requires_grad=True)


def test_saved_values_are_packed_when_saved_and_unpacked_when_needed():
    log = []

    def pack(tensor):
        log.append("pack")
        return tensor.detach().numpy().copy()

    def unpack(array):
        log.append("unpack")
        return runtime.from_numpy(array)

    x = leaf(1.0, 2.0)
    with saved_tensors_hooks(pack, unpack):
        y = (x * x).exp().sum()
    assert set(log) == {"pack"}
    y.backward()
    assert log.count("unpack") == log.count("pack") and np.allclose(x.grad, 2.0 * x.detach() * np.exp([1.0, 4.0]))


def test_a_wrong_unpack_is_refused():
    x = leaf(1.0, 2.0)
    with saved_tensors_hooks(lambda t: None, lambda packed: runtime.ones(3)):
        y = (x * x).sum()
    with pytest.raises(CotangentMismatch, match="unpack"):
        y.backward()


def test_a_packed_tensor_that_was_changed_is_refused():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    with saved_tensors_hooks(lambda t: t, lambda t: t):
        z = (y * y).sum()
    y += 1.0
    with pytest.raises(SharedArray):
        z.backward()


def test_mutation_of_what_was_saved_is_allowed_where_asked_for():
    x = leaf(1.0, 2.0)
    with allow_mutation_on_saved_tensors():
        y = x * 1.0
        z = (y * y).sum()
    y += 1.0
    z.backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_hooks_on_saved_values_can_be_disabled():
    with disable_saved_tensors_hooks("not here"), pytest.raises(SourceADError, match="not here"):
        with saved_tensors_hooks(lambda t: t, lambda t: t):
            pass


def test_checkpoint_keeps_nothing_and_gives_the_same():
    runs = []

    def part(x, w, *, scale):
        runs.append(1)
        return runtime.tanh(x * w) * scale

    x, w = leaf(0.5, -1.0), leaf(2.0, 3.0)
    plain = (runtime.tanh(x * w) * 2.0).sum()
    expected = runtime.autograd.grad(plain, [x, w])
    y = checkpoint(part, x, w, scale=2.0).sum()
    found = runtime.autograd.grad(y, [x, w], retain_graph=True)
    again = runtime.autograd.grad(y, [x, w])
    for g, h, e in zip(found, again, expected):
        assert g.tolist() == h.tolist() == e.tolist()
    assert len(runs) == 3


def test_checkpoint_repeats_random_numbers():
    def part(x):
        return x * runtime.rand(3)

    x = runtime.ones(3, requires_grad=True)
    y = checkpoint(part, x)
    y.sum().backward()
    assert np.allclose(x.grad, y.detach())


def test_checkpoint_notices_that_an_argument_or_a_parameter_changed():
    w = leaf(2.0)
    for change in (lambda x: x.add_(1.0), lambda x: None):
        x = leaf(1.0) * 1.0
        y = checkpoint(lambda x: (x * w).sin(), x)
        change(x)
        if change(x) is None:
            with runtime.no_grad():
                w.add_(1.0)
        with pytest.raises(SharedArray):
            y.backward()


def test_checkpoint_notices_a_function_that_does_something_else_the_second_time():
    state = []

    def part(x):
        state.append(1)
        return x.sin() if len(state) == 1 else x.sin().exp()

    with pytest.raises(CheckpointMismatch):
        checkpoint(part, leaf(1.0)).backward()


def test_checkpoint_sequential():
    x = leaf(0.3)
    y = checkpoint_sequential([runtime.sin, runtime.exp, runtime.tanh, runtime.cos], 2, x)
    (g,) = runtime.autograd.grad(y, x)
    (e,) = runtime.autograd.grad(runtime.cos(runtime.tanh(runtime.exp(runtime.sin(x)))), x)
    assert g.item() == pytest.approx(e.item())


def test_anomaly_mode_names_the_forward_line():
    x = leaf(0.0, 1.0)
    with runtime.autograd.detect_anomaly():
        y = runtime.sqrt(x)  # the root
        z = (y * 0.0).sum()
        with np.errstate(all="ignore"), pytest.raises(AnomalyDetected, match="SqrtBackward0") as caught:
            z.backward()
    assert "the root" in str(caught.value)
    assert not runtime.autograd.is_anomaly_enabled()


def test_anomaly_mode_names_the_line_of_an_error():
    class Broken(runtime.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2.0

        @staticmethod
        def backward(ctx, g):
            raise ZeroDivisionError

    with runtime.autograd.set_detect_anomaly(True, check_nan=False):
        y = Broken.apply(leaf(1.0))  # the call
        with pytest.raises(ZeroDivisionError) as caught:
            y.backward()
    assert any("the call" in note for note in caught.value.__notes__)


def test_gradcheck_catches_a_planted_error_in_each_order():
    class Planted(runtime.autograd.Function):
        factor = (2.0, 2.0)

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return PlantedSlope.apply(x) * g

    class PlantedSlope(runtime.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return Planted.factor[0] * x

        @staticmethod
        def backward(ctx, g):
            return Planted.factor[1] * g

    x = runtime.tensor(np.array([0.3, -1.2]), requires_grad=True)
    check, check_twice = runtime.autograd.gradcheck, runtime.autograd.gradgradcheck
    assert check(Planted.apply, (x,)) and check_twice(Planted.apply, (x,)) and check(Planted.apply, x, fast_mode=True)
    Planted.factor = (2.0, 2.1)
    assert check(Planted.apply, (x,)) and not check_twice(Planted.apply, (x,), raise_exception=False)
    Planted.factor = (2.1, 2.1)
    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        check(Planted.apply, (x,))
    assert not check(Planted.apply, (x,), fast_mode=True, raise_exception=False)


def test_gradcheck_notices_what_leaves_the_graph():
    x = runtime.tensor(np.array([0.3]), requires_grad=True)
    with pytest.raises(GradcheckError, match="leaves the graph"):
        runtime.autograd.gradcheck(lambda x: x.detach() * 2.0, (x,))


def test_an_observer_sees_forward_and_backward():
    class Recorder:
        def __init__(self):
            self.seen = []

        def enter(self, name, inputs, backward):
            self.seen.append((name, backward))
            return len(self.seen)

        def leave(self, token, outputs):
            self.seen.append(token)

    x = leaf(1.0, 2.0)
    watch.observer = recorder = Recorder()
    try:
        (x * x).sum().backward()
    finally:
        watch.observer = None
    names = [entry for entry in recorder.seen if isinstance(entry, tuple)]
    assert ("aten::mul", False) in names and ("MulBackward0", True) in names and ("SumBackward0", True) in names
    (x * x).sum()
    assert not watch.careful and not watch.busy


def test_modes_of_one_thread_leave_the_others_alone():
    x = leaf(1.0, 2.0)
    inside, checked = threading.Event(), threading.Event()
    found = []

    def other():
        with runtime.no_grad(), saved_tensors_hooks(lambda t: t, lambda t: t):
            inside.set()
            checked.wait(10.0)
            found.append((x * x).requires_grad)

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(10.0)
    y = (x * x).sum()
    y.backward()
    checked.set()
    thread.join()
    assert found == [False] and x.grad.tolist() == [2.0, 4.0]
