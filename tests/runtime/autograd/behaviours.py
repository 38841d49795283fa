"""What a user of PyTorch's autograd may do, as functions of the module: `torch`, or `runtime` in its place.

Each returns Tensors, numbers and texts that must be the same for both, or raises for both.
"""

import copy
import importlib
import pickle
import threading

import numpy as np

BEHAVIOURS = {}


def behaviour(function):
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


@behaviour
def second_backward(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    y.backward()
    y.backward()


@behaviour
def second_backward_w_out_saved(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * 3).sum()
    y.backward()
    y.backward()
    return x.grad


@behaviour
def retain_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    y.retain_grad()
    y.sum().backward()
    return (x.grad, y.grad, y.retains_grad, x.retains_grad)


@behaviour
def leaf_hooks_order_and_replace(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_hook(lambda g: log.append(("a", g.tolist())))
    x.register_hook(lambda g: g * 2)
    x.register_hook(lambda g: log.append(("b", g.tolist())))
    (x * x).sum().backward()
    return (x.grad, str(log))


@behaviour
def hook_removal(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    h = y.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: g + 1)
    h.remove()
    y.sum().backward()
    return x.grad


@behaviour
def post_accumulate(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_post_accumulate_grad_hook(lambda p: log.append(p.grad.tolist()))
    (x * x).sum().backward()
    (x * x).sum().backward()
    return str(log)


@behaviour
def node_hook_replace(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.grad_fn.register_hook(lambda gi, go: (gi[0] * 5,) + gi[1:])
    y.sum().backward()
    return x.grad


@behaviour
def unused(m):
    x = leaf(m, 1.0, 2.0)
    z = leaf(m, 1.0)
    return m.autograd.grad((x * x).sum(), [x, z])


@behaviour
def allow_unused(m):
    x = leaf(m, 1.0, 2.0)
    z = leaf(m, 1.0)
    g = m.autograd.grad((x * x).sum(), [x, z], allow_unused=True)
    return (g[0], g[1] is None)


@behaviour
def materialize(m):
    x = leaf(m, 1.0, 2.0)
    z = leaf(m, 1.0)
    return m.autograd.grad((x * x).sum(), [x, z], materialize_grads=True)


@behaviour
def third_order(m):
    x = leaf(m, 0.5, 2.0)
    y = (x**3).sum()
    out = []
    for _ in range(3):
        (g,) = m.autograd.grad(y, x, create_graph=True)
        out.append(g)
        y = g.sum()
    return out


@behaviour
def several_outputs(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    return m.autograd.grad([y, y * 2], x, grad_outputs=[m.tensor([1.0, 0.0]), m.tensor([0.0, 1.0])])


@behaviour
def autograd_backward(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.backward([(x * x).sum(), x * 3], [None, m.tensor([1.0, 1.0])])
    return x.grad


@behaviour
def backward_inputs(m):
    x = leaf(m, 1.0, 2.0)
    w = leaf(m, 3.0, 4.0)
    (x * w).sum().backward(inputs=[w])
    return (x.grad is None, w.grad)


@behaviour
def saved_result_modified(m):
    x = leaf(m, 1.0, 2.0)
    y = x.exp()
    y.add_(1)
    y.sum().backward()


@behaviour
def saved_modified(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    z = y * y
    y += 1
    z.sum().backward()


@behaviour
def in_place_harmless(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    z = y + 1
    y *= 5
    (z.sum() + y.sum()).backward()
    return x.grad


@behaviour
def leaf_inplace(m):
    x = leaf(m, 1.0, 2.0)
    x += 1


@behaviour
def leaf_setitem(m):
    x = leaf(m, 1.0, 2.0)
    x[0] = 1


@behaviour
def leaf_view_inplace(m):
    x = leaf(m, 1.0, 2.0)
    x[:1].add_(1)


@behaviour
def view_inplace(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 2
    v = y[1:3]
    v.mul_(10)
    (y * m.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    return (x.grad, y._version, v._version, v._base is y, v._is_view())


@behaviour
def setitem(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = m.zeros(3)
    y[0] = x[0] * 2
    y[1:] = x[1:] ** 2
    y[m.tensor([2, 0])] = x[:2] * 5
    (y * y).sum().backward()
    return (x.grad, y)


@behaviour
def detach_shares(m):
    x = leaf(m, 1.0, 2.0)
    d = x.detach()
    d += 1
    return (x, d.requires_grad, x._version)


@behaviour
def detach_write_noticed(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    x.detach().add_(1)
    y.sum().backward()


@behaviour
def detach(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.detach_()
    return (y.requires_grad, y.is_leaf, y.grad_fn is None)


@behaviour
def detach__of_view(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * 2)[0:1]
    y.detach_()


@behaviour
def int_requires_grad(m):
    x = m.tensor([1, 2])
    x.requires_grad_()


@behaviour
def requires_grad_false_nonleaf(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.requires_grad = False


@behaviour
def requires_grad_true_nonleaf(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.requires_grad_(True)
    return y.requires_grad


@behaviour
def data_set(m):
    x = leaf(m, 1.0, 2.0)
    x.data = m.tensor([5.0, 6.0])
    (x * x).sum().backward()
    return (x.grad, x)


@behaviour
def non_scalar(m):
    x = leaf(m, 1.0, 2.0)
    (x * 2).backward()


@behaviour
def shape_mismatch(m):
    x = leaf(m, 1.0, 2.0)
    (x * 2).backward(m.ones(3))


@behaviour
def no_grad_needed(m):
    m.tensor([1.0]).backward()


@behaviour
def grad_shape_assign(m):
    x = leaf(m, 1.0, 2.0)
    x.grad = m.tensor([1.0, 2.0, 3.0])


@behaviour
def grad_type_assign(m):
    x = leaf(m, 1.0, 2.0)
    x.grad = 3


@behaviour
def grad_accumulates_in_place(m):
    x = leaf(m, 1.0, 2.0)
    (x * x).sum().backward()
    g = x.grad
    (x * x).sum().backward()
    return (g, g is x.grad)


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
def deepcopy_pickle(m):
    x = leaf(m, 1.0, 2.0)
    (x * x).sum().backward()
    y = copy.deepcopy(x)
    z = pickle.loads(pickle.dumps(x))
    return (y, y.grad, y.requires_grad, z, z.requires_grad, y.is_leaf)


@behaviour
def deepcopy_nonleaf(m):
    copy.deepcopy(leaf(m, 1.0) * 2)


@behaviour
def function(m):
    a, b = (leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0))
    y = product_function(m).apply(a, b)
    n = y.grad_fn.name()
    y.sum().backward()
    return (a.grad, b.grad, n)


@behaviour
def function_twice(m):
    a, b = (leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0))
    y = (product_function(m).apply(a, b) ** 2).sum()
    g = m.autograd.grad(y, a, create_graph=True)[0]
    return m.autograd.grad(g.sum(), [a, b])


@behaviour
def function_saves_result_third_order(m):

    class Exp(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            r = x.exp()
            ctx.save_for_backward(r)
            return r

        @staticmethod
        def backward(ctx, g):
            (r,) = ctx.saved_tensors
            return g * r

    x = leaf(m, 0.5, 1.0)
    y = Exp.apply(x)
    g = m.autograd.grad(y.sum(), x, create_graph=True)[0]
    h = m.autograd.grad(g.sum(), x, create_graph=True)[0]
    return (g, h, m.autograd.grad(h.sum(), x))


@behaviour
def setup_context(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(x, k):
            return x * k

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, k = inputs
            ctx.k = k

        @staticmethod
        def backward(ctx, g):
            return (g * ctx.k, None)

    x = leaf(m, 1.0, 2.0)
    F.apply(x, 3.0).sum().backward()
    return x.grad


@behaviour
def several_outputs_no_materialize(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return (x * 1, x * 2)

        @staticmethod
        def backward(ctx, g, h):
            return (g is None, h is None) and (h * 2 if g is None else g)

    x = leaf(m, 1.0, 2.0)
    a, b = F.apply(x)
    b.sum().backward()
    return (x.grad, a.grad_fn.name(), a.output_nr, b.output_nr)


@behaviour
def materialize_zeros(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return (x * 1, x * 2)

        @staticmethod
        def backward(ctx, g, h):
            return g * 10 + h * 2

    x = leaf(m, 1.0, 2.0)
    a, b = F.apply(x)
    b.sum().backward()
    return x.grad


@behaviour
def mark_dirty(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(m, 1.0, 2.0)
    y = x * 1
    z = F.apply(y)
    (z * z).sum().backward()
    return (x.grad, z is y)


@behaviour
def mark_dirty_leaf(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(m, 1.0, 2.0)
    F.apply(x)


@behaviour
def mark_non_differentiable(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            i = x.sort()[1]
            ctx.mark_non_differentiable(i)
            return (x * 2, i)

        @staticmethod
        def backward(ctx, g, gi):
            return g * 2

    x = leaf(m, 3.0, 2.0)
    y, i = F.apply(x)
    y.sum().backward()
    return (x.grad, i, i.requires_grad)


@behaviour
def non_differentiable_float(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            c = x * 0 + 5
            ctx.mark_non_differentiable(c)
            return (x * 2, c)

        @staticmethod
        def backward(ctx, g, gc):
            return g * 2 + gc

    x = leaf(m, 3.0, 2.0)
    y, c_ = F.apply(x)
    y.sum().backward()
    return (x.grad, c_.requires_grad)


@behaviour
def once_differentiable_twice(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @m.autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * g * x

    x = leaf(m, 3.0, 2.0)
    y = F.apply(x)
    g = m.autograd.grad(y.sum(), x, create_graph=True)[0]
    return (g, g.sum().backward())


@behaviour
def once_differentiable(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @m.autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * g * x

    x = leaf(m, 3.0, 2.0)
    F.apply(x).sum().backward()
    return x.grad


@behaviour
def needs_input_grad(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.n = None
            return a + b

        @staticmethod
        def backward(ctx, g):
            return (g if ctx.needs_input_grad[0] else None, g if ctx.needs_input_grad[1] else None)

    a = leaf(m, 1.0)
    b = m.tensor([2.0])
    y = F.apply(a, b)
    n = y.grad_fn.needs_input_grad
    y.sum().backward()
    return (a.grad, list(n))


@behaviour
def wrong_count(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a + b

        @staticmethod
        def backward(ctx, g):
            return g

    F.apply(leaf(m, 1.0), leaf(m, 1.0)).backward()


@behaviour
def wrong_shape(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a + 1

        @staticmethod
        def backward(ctx, g):
            return m.ones(3)

    F.apply(leaf(m, 1.0, 2.0)).sum().backward()


@behaviour
def function_saved_modified(m):
    a = leaf(m, 1.0, 2.0)
    b = a * 1
    y = product_function(m).apply(b, b)
    b.add_(1)
    y.sum().backward()


@behaviour
def function_second(m):
    a, b = (leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0))
    y = product_function(m).apply(a, b).sum()
    y.backward()
    y.backward()


@behaviour
def identity_function(m):

    class F(m.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 7

    a = leaf(m, 1.0, 2.0)
    y = F.apply(a)
    y.sum().backward()
    return (a.grad, y is a)


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


@behaviour
def anomaly(m):
    x = leaf(m, 0.0, 1.0)
    with m.autograd.detect_anomaly():
        y = m.sqrt(x)
        z = (y * 0).sum()
        z.backward()


@behaviour
def gradcheck(m):
    x = leaf(m, 0.3, 0.4, dtype="float64")
    return (m.autograd.gradcheck(lambda x: m.sin(x) * x, (x,)), m.autograd.gradgradcheck(lambda x: m.sin(x) * x, (x,)))


@behaviour
def gradcheck_wrong(m):

    class Bad(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * g * x

    m.autograd.gradcheck(Bad.apply, (leaf(m, 0.3, 0.4, dtype="float64"),))


@behaviour
def complex_grad(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    y = z * z * (2 - 1j)
    L = (y.real**2 + 3 * y.imag).sum()
    L.backward()
    return z.grad


@behaviour
def complex_abs(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    (z * (2 + 1j)).abs().sum().backward()
    return z.grad


@behaviour
def complex_seed(m):
    z = m.tensor([1 + 2j], requires_grad=True)
    y = z * (2 + 3j)
    y.backward(m.tensor([1j]))
    return z.grad


@behaviour
def complex_hook_mixed(m):
    z = m.tensor([1 + 2j], requires_grad=True)
    x = leaf(m, 2.0)
    y = z * x
    y.register_hook(lambda g: g * 1j)
    y.real.sum().backward()
    return (z.grad, x.grad)


@behaviour
def complex_second(m):
    z = m.tensor([1 + 2j], requires_grad=True)
    L = (z * z).abs().pow(2).sum()
    (g,) = m.autograd.grad(L, z, create_graph=True)
    return (g, m.autograd.grad((g.real + 2 * g.imag).sum(), z))


@behaviour
def complex_gradcheck(m):
    z = m.tensor([1 + 2j, 0.5j], dtype=m.complex128, requires_grad=True)
    return (
        m.autograd.gradcheck(lambda z: z * z.conj() + m.exp(z), (z,)),
        m.autograd.gradgradcheck(lambda z: m.exp(z) * z, (z,)),
    )


@behaviour
def multi_grad_hook(m):
    x = leaf(m, 1.0, 2.0)
    f = m.autograd.graph
    y = x * 2
    log = []
    f.register_multi_grad_hook([x, y], lambda gs: log.append([None if g is None else g.tolist() for g in gs]))
    y.sum().backward()
    return str(log)


@behaviour
def next_functions(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    z = y.sum()
    return (
        str([type(f[0]).__name__ for f in z.grad_fn.next_functions]),
        z.grad_fn.next_functions[0][0].next_functions[0][0].variable is x,
        y.grad_fn.next_functions[0][1],
    )


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
def clone(m):
    x = leaf(m, 1.0, 2.0)
    y = x.clone()
    y.sum().backward()
    y2 = x[None]
    y2.retain_grad()
    (y2 * y2).sum().backward()
    return (x.grad, y2.grad)


@behaviour
def create_graph_linear(m):
    x = leaf(m, 1.0, 2.0)
    y = m.ones(2)
    y.requires_grad_()
    z = (x + y).sum()
    z.backward(create_graph=True)
    return x.grad.requires_grad


@behaviour
def create_graph_backward_twice(m):
    x = leaf(m, 1.0, 2.0)
    (x**2).sum().backward(create_graph=True)
    g = x.grad
    x.grad = None
    g.sum().backward()
    return x.grad


@behaviour
def grad_plain(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad(x.sum() + 0 * x.sum(), x, is_grads_batched=False)


@behaviour
def set_grad_enabled(m):
    x = leaf(m, 1.0)
    m.set_grad_enabled(False)
    r = (x * 2).requires_grad
    m.set_grad_enabled(True)
    return r


@behaviour
def index_repeated(m):
    x = leaf(m, 2.0, 3.0)
    i = m.tensor([0, 0, 1])
    (x[i] * m.tensor([1.0, 2.0, 4.0])).sum().backward()
    return x.grad


@behaviour
def cast(m):
    x = leaf(m, 2.0, 3.0)
    y = x.double()
    y.sum().backward()
    return (x.grad, str(x.grad.dtype))


@behaviour
def mixed_dtype(m):
    x = leaf(m, 2.0, 3.0)
    w = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    (x * w).sum().backward()
    return (str(x.grad.dtype), str(w.grad.dtype), x.grad, w.grad)


@behaviour
def mixed_0_d(m):
    x = leaf(m, 2.0, 3.0)
    s = m.tensor(2.0, dtype=m.float64, requires_grad=True)
    y = x * s
    y.sum().backward()
    return (str(y.dtype), str(s.grad.dtype), s.grad, x.grad)


@behaviour
def no_grad_update(m):
    p = leaf(m, 1.0, 2.0)
    (p * p).sum().backward()
    with m.no_grad():
        p -= 0.1 * p.grad
        p.add_(p.grad, alpha=-0.1)
        p.sub_(0.5)
    return (p, p.requires_grad, p.is_leaf)


@behaviour
def int_float(m):
    x = m.tensor([1, 2])
    x += 1.5


@behaviour
def inplace_ops(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y /= x
    y **= 3
    y -= x
    y.sin_()
    y.sum().backward()
    return (x.grad, y)


@behaviour
def zero(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.zero_()
    y.add_(x)
    y.sum().backward()
    return x.grad


@behaviour
def view_base(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x.view(2, 2)
    z = y.t()
    return (y._base is x, z._base is x, z._is_view(), x._is_view())


@behaviour
def fill__view(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = (x * 1).view(2, 2)
    z = y[0]
    z.fill_(7)
    (y * y).sum().backward()
    return (x.grad, y)


@behaviour
def copy__into_view(m):
    x = leaf(m, 1.0, 2.0)
    b = m.zeros(2, 2)
    b[0].copy_(x)
    b[1] += x * 3
    (b * b).sum().backward()
    return x.grad


@behaviour
def facts(m):
    x = leaf(m, 1.0, 2.0)
    return (m.is_grad_enabled(), x.is_leaf, x.grad_fn is None, x._version, x.output_nr)


@behaviour
def hook_shape(m):
    x = leaf(m, 1.0, 2.0)
    x.register_hook(lambda g: g[:1])
    (x * x).sum().backward()


@behaviour
def hook_on_constant(m):
    m.ones(2).register_hook(lambda g: g)


@behaviour
def retain_on_constant(m):
    m.ones(2).retain_grad()


@behaviour
def post_acc_on_nonleaf(m):
    (leaf(m, 1.0, 2.0) * 2).register_post_accumulate_grad_hook(lambda p: None)


@behaviour
def split(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    a, b = y.split(2)
    (a * b).sum().backward()
    return x.grad


@behaviour
def nested_views(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = (x * 1).view(2, 2).t()
    y[0].mul_(3)
    y.t()[1].add_(x[:2])
    (y * y).sum().backward()
    return (x.grad, y)


@behaviour
def view_of_view(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    v = y[::2]
    w = v[1:]
    w.mul_(5)
    y.add_(1)
    (v * v).sum().backward()
    return (x.grad, v, w, y._version)


@behaviour
def setitem_rows(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(3, 2)
    y[1] = x
    y[2] = y[1] * 2
    y[0] = y[1] + y[2]
    y.sum().backward()
    return x.grad


@behaviour
def mask_assign(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x.clone()
    y[y > 1.5] = 0
    y.sum().backward()
    return x.grad


@behaviour
def mask_imul(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x.clone()
    y[m.tensor([True, False, True])] *= 2
    y.sum().backward()
    return x.grad


@behaviour
def ellipsis_assign(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x.clone()
    y[...] = x * x
    y[None, 0] = 5.0
    y.sum().backward()
    return (x.grad, y)


@behaviour
def expand(m):
    x = leaf(m, 1.0, 2.0)
    y = x.expand(3, 2)
    (y * m.arange(6.0).view(3, 2)).sum().backward()
    return x.grad


@behaviour
def expand_then_write(m):
    x = leaf(m, 1.0, 2.0)
    y = x.expand(3, 2) * 1
    y[0, 0] = 9
    y.sum().backward()
    return x.grad


@behaviour
def squeeze_view_write(m):
    x = leaf(m, 1.0, 2.0)
    y = x.clone().unsqueeze(0)
    y.squeeze(0).mul_(4)
    y.sum().backward()
    return (x.grad, y)


@behaviour
def detach_new_leaf(m):
    x = leaf(m, 1.0, 2.0)
    y = x.detach()
    y.requires_grad_()
    (y * y).sum().backward()
    return (x.grad is None, y.grad, y.is_leaf)


@behaviour
def leaf_made_in_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        y = x * 2
        y.requires_grad_()
    (y * 3).sum().backward()
    return (y.grad, y.is_leaf)


@behaviour
def write_leaf_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        x.mul_(2)
        x[0] = 7
    (x * x).sum().backward()
    return (x.grad, x._version, x.is_leaf)


@behaviour
def write_view_no_grad(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        v = x[:1]
        v.mul_(10)
    (x * x).sum().backward()
    return x.grad


@behaviour
def no_grad_write_noticed(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    with m.no_grad():
        x.add_(1)
    y.sum().backward()


@behaviour
def no_grad_write_harmless(m):
    x = leaf(m, 1.0, 2.0)
    y = x + x
    with m.no_grad():
        x.add_(1)
    y.sum().backward()
    return x.grad


@behaviour
def hook_create_graph(m):
    x = leaf(m, 1.0, 2.0)
    g = []
    x.register_hook(lambda t: g.append(t.requires_grad))
    (x**3).sum().backward(create_graph=True)
    return (str(g), x.grad.requires_grad)


@behaviour
def hook_in_double(m):
    x = leaf(m, 1.0, 2.0)
    x.register_hook(lambda t: t * t)
    y = (x**2).sum()
    (g,) = m.autograd.grad(y, x, create_graph=True)
    return (g, m.autograd.grad(g.sum(), x))


@behaviour
def retain_chain(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    z = y * 3
    z.retain_grad()
    z.sum().backward()
    (y * 1).sum()
    return (y.grad, z.grad)


@behaviour
def retain_after_hook(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    return (y.grad, x.grad)


@behaviour
def retain_then_inplace(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.sum().backward()
    return (y.grad, x.grad)


@behaviour
def hook_then_inplace(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: g * 10)
    y.mul_(3)
    y.sum().backward()
    return x.grad


@behaviour
def grad_of_nonleaf(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    return (m.autograd.grad(y.sum(), y), y.grad is None)


@behaviour
def grad_of_new_view(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    return m.autograd.grad(y.sum(), x[:1], allow_unused=True)[0] is None


@behaviour
def grad_sum(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad(x.sum(), x)


@behaviour
def grad_of_itself(m):
    x = leaf(m, 1.0, 2.0)
    return m.autograd.grad(x, x, m.ones(2) * 3)


@behaviour
def scalar_gradient(m):
    x = leaf(m, 1.0, 2.0)
    x.sum().backward(m.tensor(3.0))
    return x.grad


@behaviour
def leaf_backward(m):
    x = leaf(m, 1.0, 2.0)
    x.backward(m.tensor([1.0, 5.0]))
    return x.grad


@behaviour
def gradient_of_other_dtype(m):
    x = leaf(m, 2.0)
    y = x * x
    y.backward(gradient=m.tensor([3.0], dtype=m.float64))
    return x.grad


@behaviour
def gradient_a_float(m):
    x = leaf(m, 2.0)
    (x * x).backward(gradient=3.0)


@behaviour
def grad_of_nothing(m):
    return m.autograd.grad((leaf(m, 2.0) * 2).sum(), [])


@behaviour
def backward_of_nothing(m):
    x = leaf(m, 2.0)
    y = x * 2
    y.sum().backward(inputs=[])


@behaviour
def backward_into_nonleaf(m):
    x = leaf(m, 2.0)
    y = x * 2
    z = y * 3
    z.sum().backward(inputs=[y])
    return (y.grad, x.grad is None)


@behaviour
def backward_into_constant(m):
    x = leaf(m, 2.0)
    w = m.ones(1)
    (x * w).sum().backward(inputs=[w])


@behaviour
def too_few_grad_tensors(m):
    x = leaf(m, 1.0, 2.0)
    m.autograd.backward([x * 2, x * 3], [m.ones(2)])


@behaviour
def norm(m):
    x = leaf(m, 3.0, 4.0)
    y = x.norm()
    y.backward()
    return x.grad


@behaviour
def switch_off(m):
    x = leaf(m, 3.0, 4.0)
    x.requires_grad_(False)
    return (x.requires_grad, (x * 2).requires_grad, x.is_leaf)


@behaviour
def switch_off_after_use(m):
    x = leaf(m, 3.0, 4.0)
    y = x * 2
    x.requires_grad_(False)
    y.sum().backward()
    return x.grad


@behaviour
def repr_of_node(m):
    x = leaf(m, 1.0, 2.0)
    y = x.sum()
    f = y.grad_fn
    s = str(f)
    return (s.startswith("<SumBackward0 object at 0x"), f.name(), type(f).__name__)


@behaviour
def iterate(m):
    x = leaf(m, 1.0, 2.0)
    it = list(x)
    (it[0] * it[1]).backward()
    return (x.grad, len(it))


@behaviour
def unpack(m):
    x = leaf(m, 1.0, 2.0)
    a, b = x
    (a * b * b).backward()
    return x.grad


@behaviour
def sum_builtin(m):
    x = leaf(m, 1.0, 2.0)
    s = sum(x)
    s.backward()
    return x.grad


@behaviour
def max_builtin(m):
    x = leaf(m, 1.0, 2.0)
    y = max(x)
    y.backward()
    return x.grad


@behaviour
def branch(m):
    x = leaf(m, 1.0, 2.0)
    y = x if x.sum() > 2 else -x
    y.sum().backward()
    return x.grad


@behaviour
def while_loop(m):
    x = leaf(m, 1.0)
    while x.item() < 100:
        x = x * 3
    return (x.requires_grad, x)


@behaviour
def module(m):

    class M(m.nn.Module):
        def __init__(self):
            super().__init__()
            self.l = m.nn.Linear(2, 1)

        def forward(self, x):
            return self.l(x).relu()

    n = M()
    o = m.optim.SGD(n.parameters(), lr=0.1)
    for _ in range(3):
        o.zero_grad()
        l = ((n(m.ones(4, 2)) - 1) ** 2).mean()
        l.backward()
        o.step()
    return (l.requires_grad, n.l.weight.is_leaf, n.l.weight.grad.shape == n.l.weight.shape)


@behaviour
def fill_loop(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(2)
    for i in range(2):
        y[i] = x[i] ** 2
    y.sum().backward()
    return x.grad


@behaviour
def rnn_loop(m):
    x = leaf(m, 1.0, 2.0)
    h = m.zeros(2)
    for i in range(5):
        h = m.tanh(h + x)
    h.sum().backward()
    return x.grad


@behaviour
def stack_loop(m):
    x = leaf(m, 1.0, 2.0)
    l = []
    for i in range(3):
        l.append(x * i)
    m.stack(l).sum().backward()
    return x.grad


@behaviour
def where_nan(m):
    x = leaf(m, 1.0, 0.0)
    y = m.where(x > 0, x.log(), m.zeros(2))
    y.sum().backward()
    return x.grad


@behaviour
def kinks(m):
    x = leaf(m, 0.0)
    x.sqrt().backward()
    a = x.grad
    x = leaf(m, 0.0)
    x.abs().backward()
    b = x.grad
    x = leaf(m, 0.0)
    x.relu().backward()
    d = x.grad
    x = leaf(m, 2.0, 2.0)
    x.max().backward()
    e = x.grad
    x = leaf(m, 0.0)
    (x**0).backward()
    return (a, b, d, e, x.grad)


@behaviour
def ties(m):
    x = leaf(m, 2.0, 2.0)
    y = leaf(m, 2.0, 1.0)
    m.maximum(x, y).sum().backward()
    z = leaf(m, 1.0, 0.0, 0.5)
    z.clamp(0, 1).sum().backward()
    return (x.grad, y.grad, z.grad)


@behaviour
def parameter(m):
    p = m.nn.Parameter(m.tensor([1.0, 2.0]))
    (p * p).sum().backward()
    q = p * 1
    return (p.grad, type(q).__name__, p.is_leaf, isinstance(p, m.Tensor))


@behaviour
def tensor_of_tensor(m):
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = m.tensor(x)
    return y.requires_grad


@behaviour
def as_tensor(m):
    x = leaf(m, 1.0, 2.0)
    y = m.as_tensor(x)
    return y is x


@behaviour
def from_numpy(m):
    a = np.ones(2)
    x = m.from_numpy(a)
    x.add_(1)
    return (a, x.dtype == m.float64)


@behaviour
def numpy_shares(m):
    x = leaf(m, 1.0, 2.0)
    y = x.detach().numpy()
    y[0] = 9
    return x


@behaviour
def who_requires(m):
    x = leaf(m, 1.0, 2.0)
    return (
        x.clone().requires_grad,
        x.detach().clone().requires_grad,
        x.data.requires_grad,
        x.new_zeros(2).requires_grad,
        m.zeros_like(x).requires_grad,
    )


@behaviour
def to(m):
    x = leaf(m, 1.0, 2.0)
    y = x.to(m.float64)
    z = x.to(m.float32)
    return (y.requires_grad, z is x, y.is_leaf)


@behaviour
def del_grad(m):
    x = leaf(m, 1.0, 2.0)
    x.grad = m.ones(2)
    (x * x).sum().backward()
    del x.grad
    return x.grad is None


@behaviour
def missing_attribute(m):
    x = leaf(m, 1.0, 2.0)
    x.name_


@behaviour
def plain(m):
    return (m.tensor([1.0, 2.0]).grad_fn is None, m.tensor([1.0]).grad is None)


@behaviour
def retain_thrice(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * 2).sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@behaviour
def two_heads_second_fails(m):
    x = leaf(m, 1.0, 2.0)
    a = x * 2
    b = (a * a).sum()
    d = (a * 3).sum()
    b.backward()
    d.backward()
    return x.grad


@behaviour
def two_heads_shared_add(m):
    x = leaf(m, 1.0, 2.0)
    a = x + 2
    b = (a * a).sum()
    d = (a * 3).sum()
    b.backward()
    d.backward()
    return x.grad


@behaviour
def untracked_inplace_by_tracked(m):
    w = leaf(m, 3.0, 4.0)
    y = m.ones(2) * 2
    y.mul_(w)
    y.sum().backward()
    return w.grad


@behaviour
def copy__own_product(m):
    w = leaf(m, 3.0, 4.0)
    y = m.ones(2) * 2
    v = y * w
    y.copy_(v)
    (y * y).sum().backward()
    return w.grad


@behaviour
def copy__after_change(m):
    w = leaf(m, 3.0, 4.0)
    y = m.ones(2) * 2
    v = y * w
    y.add_(1)
    y.copy_(v)
    (y * y).sum().backward()
    return w.grad


@behaviour
def chain_of_inplace_methods(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.sin_()
    y.mul_(x)
    y.div_(y + 1)
    y.pow_(2)
    y.exp_()
    y.sum().backward()
    return x.grad


@behaviour
def addcmul__etc(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    z = y.clone()
    y.addcmul_(z, z, value=0.5)
    y.lerp_(z, 0.3)
    y.masked_fill_(y > 4, 0.0)
    y.index_add_(0, m.tensor([0]), x[:1])
    y.sum().backward()
    return x.grad


@behaviour
def index_copy__scatter_add(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(3)
    y.index_copy_(0, m.tensor([0, 2]), x * x)
    y.scatter_add_(0, m.tensor([1, 1]), x)
    y.sum().backward()
    return (x.grad, y)
