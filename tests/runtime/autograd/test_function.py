"""`autograd.Function`: what torch does not tell, lifetimes and refusals."""

import gc
import sys

import numpy as np
import pytest

import runtime
from runtime.autograd.function import once_differentiable
from runtime.errors import CotangentMismatch, DerivativeLost, SharedArray, SourceADError


class Cube(runtime.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x**3
        ctx.save_for_backward(x, result)
        return result

    @staticmethod
    def backward(ctx, g):
        x, result = ctx.saved_tensors
        return 3.0 * g * result / x


def leaf(*numbers):
    return runtime.tensor(list(numbers), requires_grad=True)


def test_a_call_that_saves_its_result_is_freed_without_the_collector():
    def run():
        Cube.apply(leaf(1.0, 2.0)).sum().backward()

    run()
    gc.collect()
    gc.disable()
    try:
        run()
        before = sys.getallocatedblocks()
        for _ in range(200):
            run()
        # A leak would be several blocks a run; interpreter caches hold some.
        assert sys.getallocatedblocks() - before < 200
        gc.collect()
        run()
        assert gc.collect() < 5
    finally:
        gc.enable()


def test_the_node_is_the_context():
    y = Cube.apply(leaf(2.0))
    assert y.grad_fn.name() == type(y.grad_fn).__name__ == "CubeBackward"
    assert [t.item() for t in y.grad_fn.saved_tensors] == [2.0, 8.0]
    y.backward()
    with pytest.raises(SourceADError, match="freed"):
        _ = y.grad_fn.saved_tensors


def test_a_result_that_shares_memory_with_an_input_gets_memory_of_its_own():
    class Whole(runtime.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.reshape(-1)

        @staticmethod
        def backward(ctx, g):
            return g.reshape(2, 1)

    x = leaf(1.0, 2.0)
    y = x.reshape(2, 1) * 1.0
    z = Whole.apply(y)
    z.mul_(10.0)
    (z.sum() + y.sum()).backward()
    assert y.tolist() == [[1.0], [2.0]] and x.grad.tolist() == [11.0, 11.0]


def test_what_was_changed_names_the_function_and_the_line():
    y = leaf(1.0, 2.0) * 2.0
    z = Cube.apply(y)
    y += 1.0  # the line that is named
    with pytest.raises(SharedArray, match="CubeBackward") as caught:
        z.sum().backward()
    assert "the line that is named" in str(caught.value)


def test_a_gradient_of_another_kind_is_refused():
    class Wrong(runtime.autograd.Function):
        answer = None

        @staticmethod
        def forward(ctx, x):
            return x * 1.0

        @staticmethod
        def backward(ctx, g):
            return Wrong.answer

    for Wrong.answer, error in ((np.ones(2), TypeError), (runtime.ones(3), CotangentMismatch), ((None, None), None)):
        y = Wrong.apply(leaf(1.0, 2.0)).sum()
        if error is None:
            y.backward()
        else:
            with pytest.raises(error):
                y.backward()


def test_once_differentiable_ends_at_the_second_order():
    class Square(runtime.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x.detach().numpy()
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return runtime.from_numpy(2.0 * ctx.x * g.numpy())

    x = leaf(3.0)
    (g,) = runtime.autograd.grad(Square.apply(x), x, create_graph=True)
    assert g.item() == 6.0
    with pytest.raises(SourceADError, match="once_differentiable"):
        g.backward()


def test_the_convention_of_complex_numbers_is_pytorchs():
    class Turn(runtime.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z * 1j

        @staticmethod
        def backward(ctx, g):
            return g * -1j

    z = runtime.tensor([1.0 + 2.0j], requires_grad=True)
    w = runtime.tensor([1.0 + 2.0j], requires_grad=True)
    (Turn.apply(z) * (2.0 + 1.0j)).real.sum().backward()
    (w * 1j * (2.0 + 1.0j)).real.sum().backward()
    assert z.grad.tolist() == w.grad.tolist()


def test_a_traced_program_does_not_lose_a_derivative_in_a_function():
    with pytest.raises(DerivativeLost, match="Cube"):
        runtime.vjp(lambda x: Cube.apply(x), np.array([1.0, 2.0]))
