"""Hooks on saved values, and checkpoints."""

import importlib

from behaviours.kept import behaviour, leaf


@behaviour
def saved_tensors_hooks(m):
    log = []

    def pack(x):
        log.append(tuple(x.shape))
        return x.detach().numpy().copy()

    def unpack(a):
        log.append("u")
        return m.tensor(a)

    x = leaf(m, 1.0, 2.0)
    with m.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = (x * x).sum()
    y.backward()
    return (x.grad, len(log))


@behaviour
def checkpoint(m):
    ck = importlib.import_module(m.__name__ + ".utils.checkpoint").checkpoint
    n = [0]

    def f(x, w):
        n[0] += 1
        return (x * w).sin().exp()

    x, w = (leaf(m, 1.0, 2.0), leaf(m, 0.3, 0.4))
    y = ck(f, x, w, use_reentrant=False)
    (y * y).sum().backward()
    return (x.grad, w.grad, n)
