"""Every operation whose result PyTorch calls a view: written through, the base and its gradient change."""

from behaviours.kept import behaviour

REAL = {
    "slice": lambda x: x[1:],
    "slice_with_step": lambda x: x[:, ::2],
    "one_element": lambda x: x[1, 2],
    "none_index": lambda x: x[None, 0],
    "ellipsis_index": lambda x: x[..., 1],
    "adjoint": lambda x: x.adjoint(),
    "diagonal": lambda x: x.diagonal(1),
    "expand_to_itself": lambda x: x.expand(3, 4),
    "expand_as": lambda x: x.expand_as(x),
    "broadcast_to": lambda x: x.broadcast_to(3, 4),
    "flatten": lambda x: x.flatten(),
    "movedim": lambda x: x.movedim(0, 1),
    "moveaxis": lambda x: x.moveaxis(0, 1),
    "narrow": lambda x: x.narrow(1, 1, 2),
    "permute": lambda x: x.permute(1, 0),
    "ravel": lambda x: x.ravel(),
    "reshape": lambda x: x.reshape(2, 6),
    "select": lambda x: x.select(0, 1),
    "squeeze": lambda x: x.unsqueeze(0).squeeze(0),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "t": lambda x: x.t(),
    "T": lambda x: x.T,
    "H": lambda x: x.H,
    "mT": lambda x: x.mT,
    "transpose": lambda x: x.transpose(0, 1),
    "unflatten": lambda x: x.unflatten(1, (2, 2)),
    "unfold": lambda x: x.unfold(1, 2, 2),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "view": lambda x: x.view(-1),
    "view_as": lambda x: x.view_as(x),
    "real_of_real": lambda x: x.real,
    "contiguous_of_contiguous": lambda x: x.contiguous(),
    "to_itself": lambda x: x.to(x.dtype),
    "positive": lambda x: x.positive(),
    "type_as": lambda x: x.type_as(x),
    "as_strided": lambda x: x.as_strided((2, 3), (4, 1), 1),
    "clone": lambda x: x.clone(),
    "fancy_index": lambda x: x[[0, 1]],
    "flip": lambda x: x.flip(0),
    "roll": lambda x: x.roll(1, 0),
    "repeat": lambda x: x.repeat(1, 2),
    "contiguous_of_transposed": lambda x: x.t().contiguous(),
    "reshape_of_transposed": lambda x: x.t().reshape(-1),
    "conj_of_real": lambda x: x.conj(),
    "resolve_conj": lambda x: x.resolve_conj(),
    "detached": lambda x: x.detach(),
    "tril": lambda x: x.tril(),
    "rot90": lambda x: x.rot90(2),
    "float_of_float": lambda x: x.float(),
    "reshape_as": lambda x: x.reshape_as(x),
    "squeeze_nothing": lambda x: x.squeeze(),
    "sum_to_size": lambda x: x.sum_to_size(3, 4),
}
COMPLEX = {
    "imag": lambda x: x.imag,
    "real": lambda x: x.real,
    "view_as_real": "view_as_real",
    "real_of_a_row": lambda x: x[0].real,
}


def _written(make, name, complex_base):
    def f(m):
        x = m.arange(12.0).reshape(3, 4)
        x = (m.complex(x, x + 1) if complex_base else x).requires_grad_()
        y = x * 2
        v = m.view_as_real(y) if make == "view_as_real" else make(y)
        v.mul_(5)
        loss = (y.abs() ** 2).sum()
        loss.backward()
        return y, x.grad, v._is_view()

    f.__name__ = f"written_through_{name}"
    return behaviour(f)


for _name, _make in REAL.items():
    _written(_make, _name, False)
for _name, _make in COMPLEX.items():
    _written(_make, _name, True)


@behaviour
def written_through_view_as_complex(m):
    x = m.arange(6.0).reshape(3, 2).requires_grad_()
    y = x * 2
    m.view_as_complex(y)[1] *= 1j
    (y * m.arange(6.0).reshape(3, 2)).sum().backward()
    return y, x.grad


@behaviour
def written_through_functions(m):
    answers = []
    for make in (
        lambda y: m.atleast_2d(y),
        lambda y: m.atleast_3d(y)[0],
        lambda y: m.broadcast_to(y, (3, 4)),
        lambda y: m.movedim(y, 0, 1),
        lambda y: m.narrow(y, 0, 1, 2),
        lambda y: m.squeeze(y[None]),
        lambda y: m.unsqueeze(y, 0),
        lambda y: m.diagonal(y),
        lambda y: m.t(y),
        lambda y: m.flatten(y),
        lambda y: m.unflatten(y, 1, (2, 2)),
        lambda y: m.real(y),
        lambda y: m.detach(y),
        lambda y: m.as_tensor(y),
        lambda y: m.asarray(y),
        lambda y: m.permute(y, (1, 0)),
        lambda y: m.ravel(y),
    ):
        y = m.arange(12.0).reshape(3, 4)
        make(y).mul_(5)
        answers.append(y.sum().item())
    return answers
