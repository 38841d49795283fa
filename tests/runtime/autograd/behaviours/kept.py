"""The table of behaviours, and what many of them begin with."""

BEHAVIOURS = {}
# Where `runtime` means to differ from torch: the reason, and its own answer.
DIFFERENCES = {}


def behaviour(function):
    """Keep a function of the module: `torch`, or `runtime` in its place."""
    if function.__name__ in BEHAVIOURS:
        raise ValueError(f"two behaviours are called {function.__name__}")
    BEHAVIOURS[function.__name__] = function
    return function


def leaf(m, *numbers, dtype=None):
    return m.tensor(list(numbers), requires_grad=True, dtype=getattr(m, dtype) if dtype else None)


def product_function(m):

    class Mul(m.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.save_for_backward(a, b)
            return a * b

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            return (g * b, g * a)

    return Mul


def differs(reason, ours):
    """Keep a behaviour in which `runtime` means to differ: what it answers, and why."""

    def keep(function):
        DIFFERENCES[function.__name__] = (reason, ours)
        return behaviour(function)

    return keep
