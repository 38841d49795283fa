"""Grad mode, inference mode, anomaly mode, threads."""

import threading

from behaviours.kept import behaviour, leaf


@behaviour
def inference(m):
    with m.inference_mode():
        x = m.ones(2)
        y = x * 2
    return (y.is_inference(), y.requires_grad)


@behaviour
def inference_saved(m):
    with m.inference_mode():
        y = m.ones(2) * 2
    w = leaf(m, 1.0, 2.0)
    return w * y


@behaviour
def inference_not_saved(m):
    with m.inference_mode():
        y = m.ones(2) * 2
    w = leaf(m, 1.0, 2.0)
    (w + y).sum().backward()
    return w.grad


@behaviour
def inference_inplace(m):
    with m.inference_mode():
        y = m.ones(2) * 2
    y.add_(1)


@behaviour
def inference_requires_grad(m):
    with m.inference_mode():
        y = m.ones(2) * 2
    y.requires_grad_()


@behaviour
def inference_decorator(m):

    @m.inference_mode()
    def f(x):
        return (x * 2, m.is_grad_enabled(), m.is_inference_mode_enabled())

    r = f(leaf(m, 1.0))
    return (r[0].requires_grad, r[1], r[2], m.is_grad_enabled())


@behaviour
def no_grad_generator(m):

    @m.no_grad()
    def gen():
        yield m.is_grad_enabled()
        yield m.is_grad_enabled()

    out = []
    for v in gen():
        out += [v, m.is_grad_enabled()]
    return str(out)


@behaviour
def anomaly(m):
    x = leaf(m, 0.0, 1.0)
    with m.autograd.detect_anomaly():
        y = m.sqrt(x)
        z = (y * 0).sum()
        z.backward()


@behaviour
def threads(m):
    x = leaf(m, 1.0, 2.0)
    ts = [threading.Thread(target=lambda: [(x * x).sum().backward() for _ in range(50)]) for _ in range(4)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    return x.grad


@behaviour
def threads_shared_graph(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    ts = [threading.Thread(target=lambda: y.backward(retain_graph=True)) for _ in range(4)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    return x.grad


@behaviour
def set_grad_enabled(m):
    x = leaf(m, 1.0)
    m.set_grad_enabled(False)
    r = (x * 2).requires_grad
    m.set_grad_enabled(True)
    return r
