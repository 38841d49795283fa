"""Grad mode: blocks, decorators, nesting, threads."""

import threading

import numpy as np
import pytest

import runtime


@pytest.fixture
def x():
    return runtime.tensor([1.0, 2.0], requires_grad=True)


def test_no_grad_as_block_and_both_decorators(x):
    with runtime.no_grad():
        assert not (x * 2.0).requires_grad and not runtime.is_grad_enabled()
    assert (x * 2.0).requires_grad

    @runtime.no_grad()
    def called():
        return x * 2.0

    @runtime.no_grad
    def bare():
        return x * 2.0

    assert not called().requires_grad and not bare().requires_grad and bare.__name__ == "bare"


def test_enable_grad_inside_no_grad(x):
    with runtime.no_grad():
        with runtime.enable_grad():
            assert (x * 2.0).requires_grad
        assert not (x * 2.0).requires_grad


def test_set_grad_enabled_as_call_and_block(x):
    with runtime.set_grad_enabled(False):
        assert not (x * 2.0).requires_grad
    assert runtime.is_grad_enabled()
    runtime.set_grad_enabled(False)
    assert not (x * 2.0).requires_grad
    runtime.set_grad_enabled(True)
    assert (x * 2.0).requires_grad


def test_an_error_restores_the_mode(x):
    with pytest.raises(ZeroDivisionError), runtime.no_grad():
        raise ZeroDivisionError
    assert runtime.is_grad_enabled()


def test_each_thread_has_its_own_mode():
    seen = []
    with runtime.no_grad():
        thread = threading.Thread(target=lambda: seen.append(runtime.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_a_view_made_without_recording_sees_later_writes(x):
    y = x * 1.0
    with runtime.no_grad():
        part = y[1:]
    y *= 3.0
    assert np.array_equal(part.detach(), [6.0])
