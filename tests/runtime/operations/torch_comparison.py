"""One call on PyTorch and on the runtime: values, dtypes, shapes, first and second derivatives, any memory layout.

A row is a function of the module `t` and of sample Tensors, chosen by its parameters' names.
"""

from __future__ import annotations

import inspect

import numpy as np

import runtime

RNG = np.random.default_rng(20)


def _normal(*shape):
    return RNG.standard_normal(shape)


SAMPLES = {
    "x": _normal(2, 3),
    "y": _normal(2, 3),
    "row": _normal(3),
    "column": _normal(2, 1),
    "v": _normal(4),
    "w": _normal(4),
    "scalar": np.asarray(0.7),
    "m": _normal(3, 4),
    "n": _normal(4, 2),
    "square": _normal(3, 3) + 2.0 * np.eye(3),
    "batch": _normal(2, 3, 4),
    "batch2": _normal(2, 4, 3),
    "squares": _normal(2, 3, 3) + 2.0 * np.eye(3),
    "cube": _normal(2, 3, 4),
    "four": _normal(2, 3, 4, 5),
    "positive": np.abs(_normal(2, 3)) + 0.3,
    "positive2": np.abs(_normal(2, 3)) + 0.3,
    "unit": np.tanh(_normal(2, 3)) * 0.9,
    "share": 0.1 + 0.8 / (1.0 + np.exp(-_normal(2, 3))),
    "ties": np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 0.5]]),
    "holes": np.array([[1.0, np.nan, 2.0], [0.5, -1.0, np.nan]]),
    "zero_in": np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 0.0]]),
    "spd": np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.3], [0.5, -0.3, 2.0]]),
    "tall": _normal(5, 3),
    "wide": _normal(3, 5),
    "rhs": _normal(3, 2),
    "points": _normal(4, 3),
    "points2": _normal(5, 3),
    "triangular": np.tril(_normal(3, 3)) + 3.0 * np.eye(3),
    "empty": _normal(0, 3),
    "long_row": _normal(16),
    "ints": np.array([[3, -1, 2], [0, 5, -4]]),
    "ints2": np.array([[2, 3, -5], [1, 2, 7]]),
    "counts": np.array([1, 0, 3, 1, 1]),
    "index": np.array([[0, 2, 1], [2, 2, 0]]),
    "short_index": np.array([[1, 0]]),
    "places": np.array([2, 0, 2]),
    "mask": np.array([[True, False, True], [False, False, True]]),
    "bools": np.array([True, False, True]),
    "z": _normal(2, 3) + 1j * _normal(2, 3),
    "z2": _normal(2, 3) + 1j * _normal(2, 3),
    "zsquare": _normal(3, 3) + 1j * _normal(3, 3) + 3.0 * np.eye(3),
    "zrow": _normal(8) + 1j * _normal(8),
}


def scattered(array):
    """The same numbers in memory that is neither contiguous nor in C order."""
    if array.ndim == 0:
        return array.copy()
    holder = np.zeros(tuple(2 * n for n in array.shape[::-1]), array.dtype)
    view = holder[tuple(slice(None, None, 2) for _ in array.shape)].T
    view[...] = array
    return view


def leaves(result):
    """The Tensors and numbers of a result, in order."""
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def plain(tensor):
    """The array under a Tensor; PyTorch's zeros without memory are written out."""
    if getattr(tensor, "_is_zerotensor", bool)():
        return np.zeros(tuple(tensor.shape))
    if hasattr(tensor, "resolve_neg"):
        tensor = tensor.resolve_conj().resolve_neg()
    return tensor.detach().numpy() if hasattr(tensor, "detach") else tensor


class Run:
    """A row on one library: its results, and the first and second derivatives of a weighted sum of them."""

    def __init__(self, library, row, precision, layout, order):
        parameters = list(inspect.signature(row).parameters.values())[1:]
        names = [parameter.name for parameter in parameters if parameter.kind is not parameter.KEYWORD_ONLY]
        arrays = [SAMPLES[name] for name in names]
        arrays = [a.astype(precision) if a.dtype.kind == "f" else a for a in arrays]
        arrays = [scattered(a) if layout == "scattered" else a.copy() for a in arrays]
        make = library.from_numpy if hasattr(library, "from_numpy") else library.tensor
        inputs = [make(a) for a in arrays]
        active = [k for k, a in enumerate(arrays) if a.dtype.kind in "fc"] if order else []
        for k in active:
            inputs[k].requires_grad_()
        self.results = leaves(row(library, *inputs))
        self.firsts, self.seconds = [], []
        tops = [z for z in self.results if hasattr(z, "requires_grad") and z.requires_grad]
        if not tops:
            return
        total = weighted(library, tops)
        chosen = [inputs[k] for k in active]
        grads = library.autograd.grad(total, chosen, create_graph=order > 1, allow_unused=True)
        self.firsts = list(grads)
        if order < 2:
            return
        deeper = [g for g in grads if g is not None and g.requires_grad]
        if deeper:
            self.seconds = list(library.autograd.grad(weighted(library, deeper), chosen, allow_unused=True))


def weighted(library, tensors):
    """A smooth real function of all elements of the Tensors, with other weights for each."""
    total = 0.0
    for k, tensor in enumerate(tensors):
        shape = tuple(tensor.shape)
        weights = np.cos(np.arange(int(np.prod(shape, dtype=int))) + k).reshape(shape)
        if plain(tensor).dtype.kind == "c":
            tensor = library.view_as_real(library.resolve_conj(tensor))
            weights = np.stack([weights, 0.5 - weights], -1)
        factor = library.from_numpy(np.ascontiguousarray(weights.astype(plain(tensor).dtype)))
        total = total + (tensor * factor).sum()
    return total


def same(ours, theirs, tolerance, what):
    """Shape, dtype and value agree; None stands for zeros."""
    if ours is None or theirs is None:
        for side in (ours, theirs):
            rest = 0.0 if side is None else np.max(np.abs(plain(side)), initial=0.0)
            assert rest <= tolerance, f"{what}: one is None, the other is {side}"
        return
    if not hasattr(theirs, "detach"):
        assert ours == theirs and type(ours) is type(theirs), f"{what}: {ours!r}, PyTorch gives {theirs!r}"
        return
    assert repr(ours.shape) == repr(theirs.shape), f"{what}: {ours.shape}, PyTorch gives {theirs.shape}"
    assert repr(ours.dtype) == repr(theirs.dtype), f"{what}: {ours.dtype}, PyTorch gives {theirs.dtype}"
    tolerance = max(tolerance, 2e-6 if plain(ours).dtype in (np.float32, np.complex64) else 0.0)
    np.testing.assert_allclose(plain(ours), plain(theirs), rtol=tolerance, atol=tolerance, err_msg=what, equal_nan=True)


def compare(torch, row, precision=np.float64, layout="plain", order=2):
    """Run a row on both libraries and compare all that there is; `order` counts the derivatives."""
    with np.errstate(all="ignore"):
        ours = Run(runtime, row, precision, layout, order)
    theirs = Run(torch, row, precision, layout, order)
    tolerance = 1e-9 if precision == np.float64 else 3e-4
    for what in ("results", "firsts", "seconds"):
        mine, others = getattr(ours, what), getattr(theirs, what)
        if what == "results":
            assert len(mine) == len(others)
        width = max(len(mine), len(others))
        pairs = zip(mine + [None] * (width - len(mine)), others + [None] * (width - len(others)), strict=True)
        for k, (a, b) in enumerate(pairs):
            same(a, b, tolerance, f"{what}[{k}]")
