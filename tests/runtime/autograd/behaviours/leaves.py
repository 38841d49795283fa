"""Leaves: how they are made, copied, detached, and where their gradient goes."""

import copy
import pickle

import numpy as np

from behaviours.kept import behaviour, leaf


@behaviour
def detach_shares(m):
    x = leaf(m, 1.0, 2.0)
    d = x.detach()
    d += 1
    return (x, d.requires_grad, x._version)


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
def clone(m):
    x = leaf(m, 1.0, 2.0)
    y = x.clone()
    y.sum().backward()
    y2 = x[None]
    y2.retain_grad()
    (y2 * y2).sum().backward()
    return (x.grad, y2.grad)


@behaviour
def facts(m):
    x = leaf(m, 1.0, 2.0)
    return (m.is_grad_enabled(), x.is_leaf, x.grad_fn is None, x._version, x.output_nr)


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
