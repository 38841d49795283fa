"""Tensors made, copied and turned into other things; what keeps and what loses the derivative."""

import copy
import pickle

import numpy as np

from behaviours.kept import behaviour, differs, leaf


@behaviour
def factories_that_require_grad(m):
    made = [
        m.zeros(2, requires_grad=True),
        m.ones(2, 2, requires_grad=True),
        m.full((2,), 3.0, requires_grad=True),
        m.arange(3.0, requires_grad=True),
        m.linspace(0, 1, 3, requires_grad=True),
        m.eye(2, requires_grad=True),
        m.empty(2, requires_grad=True),
        m.randn(2, requires_grad=True),
        m.rand(2, requires_grad=True),
        m.zeros_like(m.ones(2), requires_grad=True),
        m.ones(2).new_zeros(2, requires_grad=True),
    ]
    return [(x.requires_grad, x.is_leaf, x.grad_fn is None) for x in made]


@behaviour
def integers_from_a_factory_cannot_require_grad(m):
    m.arange(3, requires_grad=True)


@behaviour
def booleans_cannot_require_grad(m):
    m.tensor([True]).requires_grad_()


@behaviour
def complex_numbers_can_require_grad(m):
    z = m.tensor([1 + 2j]).requires_grad_()
    return z.requires_grad, z.is_leaf


@behaviour
def requires_grad_returns_itself(m):
    x = m.ones(2)
    return x.requires_grad_() is x, x.requires_grad_(False) is x, x.requires_grad


@behaviour
def detach_of_a_leaf_in_place(m):
    x = leaf(m, 1.0, 2.0)
    return x.detach_() is x, x.requires_grad


@behaviour
def detached_shares_memory(m):
    x = leaf(m, 1.0, 2.0)
    d = x.detach()
    return d.data_ptr() == x.data_ptr(), d._is_view(), d.is_leaf, d.requires_grad, d.grad_fn is None


@behaviour
def grad_of_detached_is_its_own(m):
    x = leaf(m, 1.0, 2.0)
    x.sum().backward()
    return x.detach().grad is None, x.grad


@behaviour
def data_shares_memory(m):
    x = leaf(m, 1.0, 2.0)
    x.data[0] = 5.0
    x.data.mul_(2)
    return x, x.data is x.data


@behaviour
def data_set_to_another_shape(m):
    x = leaf(m, 1.0, 2.0)
    x.data = m.ones(3)
    (x * 2).sum().backward()
    return list(x.shape), x.grad


@behaviour
def deepcopy_of_a_list_shares(m):
    x = leaf(m, 1.0, 2.0)
    a, b = copy.deepcopy([x, x])
    return a is b, a is x, a.requires_grad


@behaviour
def deepcopy_of_a_view_of_a_constant(m):
    x = m.arange(4.0)
    y = copy.deepcopy(x[1:3])
    y.mul_(10)
    return x, y


@behaviour
def deepcopy_of_a_module(m):
    l = m.nn.Linear(2, 1)
    l(m.ones(1, 2)).sum().backward()
    c_ = copy.deepcopy(l)
    with m.no_grad():
        c_.weight.zero_()
    return (
        bool((l.weight != 0).any()),
        c_.weight.requires_grad,
        c_.weight.is_leaf,
        c_.weight.grad,
        len(list(c_.parameters())),
    )


@behaviour
def shallow_copy(m):
    x = leaf(m, 1.0, 2.0)
    y = copy.copy(x)
    return y.requires_grad, y.is_leaf, y is x, y.tolist()


@behaviour
def pickle_of_a_result(m):
    y = pickle.loads(pickle.dumps(leaf(m, 1.0, 2.0).detach() * 2))
    return y, y.requires_grad


@behaviour
def pickle_of_a_parameter(m):
    p = pickle.loads(pickle.dumps(m.nn.Parameter(m.ones(2), requires_grad=False)))
    return type(p).__name__, p.requires_grad, p


@behaviour
def pickle_loses_the_gradient(m):
    x = leaf(m, 1.0, 2.0)
    x.sum().backward()
    return pickle.loads(pickle.dumps(x)).grad is None


@behaviour
def grad_of_a_result_is_none(m):
    y = leaf(m, 1.0, 2.0) * 2
    y.sum().backward()
    return y.grad is None


@behaviour
def grad_set_to_itself(m):
    x = leaf(m, 1.0, 2.0)
    x.grad = x


@behaviour
def grad_of_another_dtype(m):
    x = leaf(m, 1.0, 2.0)
    x.grad = m.ones(2, dtype=m.float64)


@behaviour
def grad_set_and_taken_away(m):
    x = leaf(m, 1.0, 2.0)
    x.grad = m.ones(2)
    x.grad = None
    x.sum().backward()
    return x.grad


@behaviour
def grad_does_not_require_grad(m):
    x = leaf(m, 1.0, 2.0)
    (x * x).sum().backward()
    return x.grad.requires_grad, x.grad.is_leaf, x.grad.grad_fn is None


@behaviour
def parameter_of_integers(m):
    m.nn.Parameter(m.tensor([1, 2]))


@behaviour
def parameter_that_is_frozen(m):
    p = m.nn.Parameter(m.ones(2), requires_grad=False)
    return p.requires_grad, (p * 2).requires_grad


@behaviour
def parameter_of_a_result(m):
    x = leaf(m, 1.0, 2.0)
    p = m.nn.Parameter(x * 2)
    (p * 3).sum().backward()
    return p.is_leaf, p.grad, x.grad is None


@behaviour
def parameter_shares_memory(m):
    x = m.ones(2)
    p = m.nn.Parameter(x)
    x.mul_(3)
    return p.data


@behaviour
def array_of_a_tracked_tensor(m):
    np.asarray(leaf(m, 1.0, 2.0))


@behaviour
def numpy_of_a_tracked_tensor(m):
    leaf(m, 1.0, 2.0).numpy()


@behaviour
def numpy_of_a_tracked_tensor_by_force(m):
    return leaf(m, 1.0, 2.0).numpy(force=True)


@behaviour
def numpy_of_a_result_of_a_comparison(m):
    return (leaf(m, 1.0, 2.0) > 1).numpy()


@behaviour
def numbers_of_a_tracked_tensor(m):
    x = leaf(m, 2.5)
    return x.item(), float(x), int(x), bool(x), x.tolist(), f"{x.detach()[0]:.2f}"


@behaviour
def number_of_several_elements(m):
    leaf(m, 1.0, 2.0).item()


@behaviour
def truth_of_several_elements(m):
    return bool(leaf(m, 1.0, 2.0))


@behaviour
def length_of_no_axes(m):
    len(m.tensor(1.0))


@behaviour
def iteration_over_no_axes(m):
    return list(m.tensor(1.0))


@behaviour
def membership(m):
    x = leaf(m, 1.0, 2.0)
    return 1.0 in x, 3.0 in x, x in {x}, hash(x) == hash(x)


@behaviour
def equality_is_by_element(m):
    x = leaf(m, 1.0, 2.0)
    return x == x, x != 1.0, (x == x).requires_grad


@behaviour
def stacking_rows_of_numbers(m):
    x = leaf(m, 1.0, 2.0)
    y = m.stack([x[0] * 2, x[1] * 3, m.tensor(4.0)])
    y.sum().backward()
    return x.grad, y


@differs("a list of Tensors that carry a derivative is refused by `tensor`, which would lose it", ours={"raises": ""})
def tensor_of_tracked_numbers(m):
    x = leaf(m, 1.0, 2.0)
    return m.tensor([x[0], x[1]]).requires_grad


@behaviour
def tensor_of_tensors(m):
    return m.tensor([m.tensor(1.0), m.tensor(2.0)])


@behaviour
def as_tensor_of_a_list_and_an_array(m):
    a = np.ones(2, np.float32)
    x = m.as_tensor(a)
    a[0] = 5.0
    return x, m.as_tensor([1, 2.5]), str(m.as_tensor([1, 2]).dtype)


@behaviour
def texts(m):
    x = leaf(m, 1.0, 2.5)
    return [
        repr(x),
        repr(x * 2),
        repr(x.detach()),
        repr(x[0]),
        repr(m.tensor([1, 2])),
        repr(m.ones(2, dtype=m.float64)),
        repr(m.nn.Parameter(m.ones(2))),
        repr(x.sum()),
        repr(m.tensor([])),
        repr(x > 1),
        repr(x.view(2, 1)),
        repr(m.zeros(0, 2)),
        repr(m.tensor([1e-8, 1.0])),
        repr(m.tensor([float("nan"), float("inf")])),
        repr(m.tensor([1 + 2j])),
        str(x.shape),
        str(x.dtype),
        str(x.device),
    ]


@behaviour
def facts_of_results(m):
    x = leaf(m, 1.0, 2.0)
    made = [
        x + 1,
        x.detach(),
        x[0],
        x.view(2, 1),
        x.clone(),
        x > 0,
        x.long(),
        x.double(),
        x.float(),
        x.data,
        x.new_ones(2),
    ]
    return [(y.requires_grad, y.is_leaf, y._is_view()) for y in made]


@behaviour
def conversions_pass_gradients(m):
    x = leaf(m, 1.0, 2.0)
    y = x.double().float().half().to(m.float32).type(m.float64) * 3
    y.sum().backward()
    return x.grad, str(x.grad.dtype)


@behaviour
def integers_stop_gradients(m):
    x = leaf(m, 1.7, 2.2)
    y = x.long()
    return y, y.requires_grad, (y * x).requires_grad


@behaviour
def numpy_functions_of_constants(m):
    x = m.ones(2)
    return np.asarray(x).sum(), np.array(x, dtype=np.float64).dtype.name


@behaviour
def element_assigned_as_a_number(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(2)
    y[0] = x[0].item()
    return y.requires_grad


@behaviour
def clone_of_a_leaf_written(m):
    x = leaf(m, 1.0, 2.0)
    y = x.clone()
    y.mul_(3)
    y.sum().backward()
    return x, x.grad


@behaviour
def missing_names(m):
    found = []
    for name in ("no_such_function", "Tensr"):
        try:
            getattr(m, name)
        except AttributeError:
            found.append(name)
    return found


@behaviour
def wrong_arguments(m):
    found = []
    for call in (
        lambda: m.sin("a"),
        lambda: m.ones(2) + "a",
        lambda: m.ones(2).sum(5),
        lambda: m.ones(2)[5],
        lambda: m.ones(2, 3) @ m.ones(2, 3),
        lambda: m.cat([m.ones(2), m.ones(2, 2)]),
        lambda: m.ones(2).view(3),
        lambda: m.ones(2).reshape(3),
        lambda: m.ones(2) + m.ones(3),
        lambda: m.ones(2).expand(3),
        lambda: m.stack([]),
        lambda: m.tensor(["a"]),
        lambda: m.ones(2)[1.5],
        lambda: m.ones(2).softmax(3),
        lambda: m.arange(3)[m.tensor([0.5])],
        lambda: m.ones(2).no_such_method(),
        lambda: m.zeros(-1),
        lambda: m.linalg.inv(m.ones(2, 3)),
        lambda: m.linalg.cholesky(-m.eye(2)),
        lambda: m.linalg.inv(m.zeros(2, 2)),
        lambda: m.eye(2).backward(m.ones(3)),
        lambda: m.ones(2).squeeze(4),
        lambda: m.ones(2, 2).transpose(0, 5),
        lambda: m.ones(2, 2).permute(0, 0),
        lambda: m.einsum("ij,jk", m.ones(2, 2), m.ones(3, 3)),
        lambda: m.ones(2).max(1),
        lambda: m.nn.Linear(2, 3)(m.ones(1, 5)),
        lambda: m.nn.functional.cross_entropy(m.ones(2, 3), m.tensor([0, 7])),
    ):
        try:
            call()
            found.append("none")
        except (RuntimeError, TypeError, ValueError, IndexError, AttributeError):
            found.append("refused")
    return found
