"""Hooks on saved values and checkpoints: when they are called, what they may return, what is computed again."""

import importlib

import numpy as np

from behaviours.kept import behaviour, differs, leaf, product_function


def checkpoints(m):
    return importlib.import_module(m.__name__ + ".utils.checkpoint")


@behaviour
def hooks_on_saved_of_each_operand(m):
    log = []
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    with m.autograd.graph.saved_tensors_hooks(lambda t: log.append(t.tolist()) or t, lambda t: t):
        y = x * w
        z = y + 1
        z.exp()
    return sorted(log)


@behaviour
def hooks_on_saved_unpack_each_time(m):
    log = []
    x = leaf(m, 1.0, 2.0)
    with m.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: log.append("unpack") or t):
        y = x.exp().sum()
    y.backward(retain_graph=True)
    y.backward()
    return len(log), x.grad


@behaviour
def hooks_on_saved_innermost(m):
    log = []
    hooks = m.autograd.graph.saved_tensors_hooks
    x = leaf(m, 1.0, 2.0)
    with hooks(lambda t: log.append("outer") or t, lambda t: t):
        with hooks(lambda t: log.append("inner") or t, lambda t: t):
            x.exp()
        x.exp()
    x.exp()
    return str(log)


@behaviour
def hooks_on_saved_of_a_function(m):
    log = []
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    with m.autograd.graph.saved_tensors_hooks(lambda t: log.append(t.tolist()) or t, lambda t: t * 10):
        y = product_function(m).apply(x, w)
    y.sum().backward()
    return str(log), x.grad, w.grad


@behaviour
def hooks_on_saved_change_the_gradient(m):
    x = leaf(m, 1.0, 2.0)
    with m.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t * 0 + 3):
        y = x.square().sum()
    y.backward()
    return x.grad


@behaviour
def hooks_on_saved_return_no_tensor(m):
    x = leaf(m, 1.0, 2.0)
    with m.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: 3.0):
        y = x.exp().sum()
    y.backward()


@behaviour
def hooks_on_saved_raise(m):
    def refuse(t):
        raise ValueError("no")

    x = leaf(m, 1.0, 2.0)
    with m.autograd.graph.saved_tensors_hooks(refuse, lambda t: t):
        x.exp()


@behaviour
def hooks_on_saved_to_a_list(m):
    box = []

    def pack(t):
        box.append(t.detach().numpy().astype(np.float16))
        return len(box) - 1

    x = leaf(m, 0.5, 2.0)
    with m.autograd.graph.saved_tensors_hooks(pack, lambda k: m.tensor(box[k].astype(np.float32))):
        y = (x * x * x).sum()
    y.backward()
    return x.grad


@behaviour
def saved_values_kept_on_the_cpu(m):
    x = leaf(m, 0.5, 2.0)
    with m.autograd.graph.save_on_cpu():
        y = (x * x.exp()).sum()
    y.backward()
    return x.grad


@behaviour
def hooks_on_saved_forbidden(m):
    with m.autograd.graph.disable_saved_tensors_hooks("not here"):
        with m.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            pass


@behaviour
def saved_values_may_be_changed_in_a_block(m):
    x = leaf(m, 0.5, 2.0)
    with m.autograd.graph.allow_mutation_on_saved_tensors():
        y = x * 1
        z = (y * y).sum()
        y.mul_(10)
        z.backward()
    return x.grad


@behaviour
def version_bumped_by_hand(m):
    x = leaf(m, 0.5, 2.0)
    y = x * 1
    z = (y * y).sum()
    m.autograd.graph.increment_version(y)
    z.backward()


def _parts(m, function, *args, reentrant, **kwargs):
    return checkpoints(m).checkpoint(function, *args, use_reentrant=reentrant, **kwargs)


@behaviour
def checkpoint_reentrant(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 0.3, 0.4)
    count = []
    y = _parts(m, lambda a, b: count.append(1) or (a * b).sin().exp(), x, w, reentrant=True)
    (y * y).sum().backward()
    return x.grad, w.grad, len(count)


@differs("PyTorch loses the gradient of what the function closes over; here it is found", ours=True)
def checkpoint_reentrant_without_tracked_input(m):
    w = leaf(m, 0.3, 0.4)
    y = _parts(m, lambda a: (a * w).sin(), m.ones(2), reentrant=True)
    return y.requires_grad


@differs("both ways of checkpointing are one here, and work with `grad`", ours=[1.0806045, 0.56675035])
def checkpoint_reentrant_and_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = _parts(m, lambda a: a.sin() * 2, x, reentrant=True).sum()
    return m.autograd.grad(y + (x * 0.0).sum(), x)[0] * m.tensor([1.0, -0.68095])


@behaviour
def checkpoint_and_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = _parts(m, lambda a: a.sin() * a.exp(), x, reentrant=False).sum()
    return m.autograd.grad(y, x)


@behaviour
def checkpoint_of_second_order(m):
    x = leaf(m, 1.0, 2.0)
    y = _parts(m, lambda a: a.sin() * a.exp(), x, reentrant=False).sum()
    (g,) = m.autograd.grad(y, x, create_graph=True)
    return m.autograd.grad(g.sum(), x)


@behaviour
def checkpoint_with_keywords_and_containers(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 0.3, 0.4)

    def f(a, parts, *, scale):
        return {"y": a * parts[0] * scale, "n": 3}

    out = _parts(m, f, x, [w], scale=2.0, reentrant=False)
    out["y"].sum().backward()
    return x.grad, w.grad, out["n"]


@behaviour
def checkpoints_nested(m):
    x = leaf(m, 1.0, 2.0)
    count = []

    def inner(a):
        count.append("inner")
        return a.sin() * a

    def outer(a):
        count.append("outer")
        return _parts(m, inner, a.exp(), reentrant=False) * a

    _parts(m, outer, x, reentrant=False).sum().backward()
    return x.grad, count.count("outer")


@behaviour
def checkpoint_draws_the_same_numbers(m):
    x = m.ones(1000).requires_grad_()
    m.manual_seed(3)
    kept = []

    def f(a):
        y = m.nn.functional.dropout(a.exp(), 0.5)
        kept.append(y.detach())
        return y * a

    y = _parts(m, f, x, reentrant=False)
    m.manual_seed(4)
    y.sum().backward()
    return len(kept), bool((kept[0] == kept[1]).all()), bool(((x.grad != 0) == (kept[0] != 0)).all())


@behaviour
def checkpoint_leaves_the_generator(m):
    x = leaf(m, 1.0, 2.0)
    m.manual_seed(3)
    y = _parts(m, lambda a: a.exp() * m.rand(2), x, reentrant=False)
    m.manual_seed(5)
    y.sum().backward()
    drawn = m.rand(3)
    m.manual_seed(5)
    return bool((drawn == m.rand(3)).all())


@behaviour
def checkpoint_with_several_results(m):
    x = leaf(m, 1.0, 2.0)
    a, b = _parts(m, lambda t: (t.exp(), t.sin()), x, reentrant=False)
    (a * b).sum().backward()
    return x.grad


@behaviour
def checkpoint_of_results_used_apart(m):
    x = leaf(m, 1.0, 2.0)
    a, b = _parts(m, lambda t: (t.exp() * t, t.sin() * t), x, reentrant=False)
    a.sum().backward()
    first = x.grad.tolist()
    b.sum().backward()
    return first, x.grad


@behaviour
def checkpoint_walked_twice(m):
    x = leaf(m, 1.0, 2.0)
    y = _parts(m, lambda t: t.exp() * t, x, reentrant=False).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@behaviour
def checkpoint_walked_again_after_freeing(m):
    x = leaf(m, 1.0, 2.0)
    y = _parts(m, lambda t: t.exp() * t, x, reentrant=False).sum()
    y.backward()
    y.backward()


@behaviour
def checkpoint_under_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        y = _parts(m, lambda t: t.exp() * t, x, reentrant=False)
    return y.requires_grad, y


@behaviour
def checkpoint_that_does_something_else(m):
    x = leaf(m, 1.0, 2.0)
    count = []

    def f(t):
        count.append(1)
        return t.exp() * t if len(count) == 1 else t * 3

    _parts(m, f, x, reentrant=False).sum().backward()


@behaviour
def checkpoint_sequential(m):
    layers = [m.tanh, m.exp, m.sin, lambda t: t * t]
    x = leaf(m, 0.3, 0.4)
    y = checkpoints(m).checkpoint_sequential(layers, 2, x, use_reentrant=False)
    y.sum().backward()
    return x.grad


@behaviour
def checkpoint_of_a_module(m):
    l = m.nn.Linear(2, 2)
    with m.no_grad():
        l.weight.copy_(m.tensor([[1.0, 2.0], [0.5, -1.0]]))
        l.bias.fill_(0.1)
    x = m.ones(3, 2)
    _parts(m, lambda t: l(t).tanh(), x, reentrant=False).sum().backward()
    return l.weight.grad, l.bias.grad


@behaviour
def what_nodes_saved(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    y = x * w
    z = x.exp()
    p = x.pow(3)
    return y.grad_fn._saved_self, y.grad_fn._saved_other, z.grad_fn._saved_result, p.grad_fn._saved_exponent


@behaviour
def what_freed_nodes_saved(m):
    x = leaf(m, 1.0, 2.0)
    y = x.exp()
    y.sum().backward()
    return y.grad_fn._saved_result
