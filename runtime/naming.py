"""PyTorch's names of operations, for nodes of the graph (`MulBackward0`) and for the profiler (`aten::mul`)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np

# NumPy's and our kernels' names where PyTorch has another one. Other names are the same in both.
_NAMES = {
    "absolute": "abs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "array_split": "split",
    "astype": "to_copy",
    "broadcast_to": "expand",
    "cholesky": "linalg_cholesky_ex",
    "column_stack": "cat",
    "concatenate": "cat",
    "concatenated": "cat",
    "copy": "clone",
    "cross": "linalg_cross",
    "cumulative_prod": "cumprod",
    "cumulative_sum": "cumsum",
    "det": "linalg_det",
    "diag": "diag_embed",
    "divide": "div",
    "dstack": "cat",
    "eigh": "linalg_eigh",
    "eigvalsh": "linalg_eigh",
    "erfcx": "special_erfcx",
    "expand_dims": "unsqueeze",
    "fabs": "abs",
    "fftshift": "roll",
    "fliplr": "flip",
    "flipud": "flip",
    "float_power": "pow",
    "ifftshift": "roll",
    "binary_losses": "binary_cross_entropy",
    "class_losses": "nll_loss",
    "hstack": "cat",
    "inv": "linalg_inv_ex",
    "leaky": "leaky_relu",
    "linear": "addmm",
    "logit_losses": "binary_cross_entropy_with_logits",
    "max_pool": "max_pool2d_with_indices",
    "moveaxis": "permute",
    "multiply": "mul",
    "negative": "neg",
    "norm": "linalg_vector_norm",
    "vector_norm": "linalg_vector_norm",
    "permute_dims": "permute",
    "pinv": "linalg_pinv",
    "power": "pow",
    "qr": "linalg_qr",
    "ravel": "view",
    "reshape": "view",
    "slogdet": "linalg_slogdet",
    "solve": "linalg_solve_ex",
    "square": "pow",
    "stacked": "stack",
    "squared_losses": "mse_loss",
    "subtract": "sub",
    "svd": "linalg_svd",
    "svdvals": "linalg_svd",
    "thin_svd": "linalg_svd",
    "eig": "linalg_eig",
    "unpivoted_lu": "linalg_lu",
    "sliding": "unfold",
    "modulus": "abs",
    "conjugate": "conj",
    "real": "select",
    "imag": "select",
    "convolution_input": "convolution",
    "unfold_windows": "im2col",
    "fold_windows": "col2im",
    "swapaxes": "transpose",
    "true_divide": "div",
    "take_along_axis": "gather",
    "tile": "repeat",
    "transpose": "permute",
    "vstack": "cat",
    "vecdot": "linalg_vecdot",
}
# Reductions that PyTorch counts apart: of all elements, and along axes.
_BY_AXIS = frozenset({"sum", "mean", "prod"})
_PRODUCTS = {(1, 1): "dot", (2, 1): "mv", (1, 2): "mv", (2, 2): "mm"}


def operation_name(function: Callable[..., Any], args: tuple[Any, ...] = ()) -> str:
    """The name of an operation as PyTorch's profiler lists it: `aten::mul`, `aten::mm`."""
    return f"aten::{_form(function, args, ())[0]}"


def backward_name(function: Callable[..., Any], args: tuple[Any, ...] = (), kwargs: Any = ()) -> str:
    """The name of the node of a call: `MulBackward0`. The number tells apart what PyTorch has two rules for."""
    name, rule = _form(function, args, kwargs)
    return _title(name, rule)


@functools.cache
def named_by(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """What tells calls apart whose nodes differ in name, asked with their arguments; None where all have one name."""
    name = _plain_name(function)
    if name in _TELLING:
        return _TELLING[name]
    return (lambda *args: _form(function, args, ())) if name in _NAMED_BY_VALUES else None


@functools.cache
def _title(name: str, rule: int) -> str:
    # A letter after a digit is large, as in `Log1PBackward0`.
    return re.sub(r"(^|_|(?<=\d))([a-z])", lambda letter: letter[2].upper(), name) + f"Backward{rule}"


@functools.cache
def _plain_name(function: Callable[..., Any]) -> str:
    own = getattr(function, "__name__", "call").strip("_")
    return _NAMES.get(own, own)


def _form(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Any) -> tuple[str, int]:
    """PyTorch's name of an operation, and the number of the rule for such arguments; `kwargs` may be only the names."""
    name = _plain_name(function)
    along = "axis" in kwargs or len(args) > 1 and args[1] is not None
    if name in _BY_AXIS:
        return name, int(along)
    if name in ("max", "min"):
        return (f"a{name}", 0) if along else (name, 1)
    if name == "pow" and len(args) > 1:
        return name, 1 if not _is_number(args[1]) and not _is_number(args[0]) else 2 * _is_number(args[0])
    if name == "matmul" and len(args) > 1:
        left, right = [getattr(x, "ndim", 0) for x in args[:2]]
        return _PRODUCTS.get((left, right), "bmm"), 0
    if name == "getitem" and len(args) > 1:
        return _index(args[1]), 0
    if name == "squeeze" and along:
        return name, 2 if len(args) > 1 and isinstance(args[1], tuple) and len(args[1]) > 1 else 1
    if name == "sub" and args and _is_number(args[0]):
        return "rsub", 1
    if name == "div" and args and _is_number(args[0]):
        # The reciprocal times the number.
        return "mul", 0
    if name == "clamp" and all(_is_number(x) or x is None for x in args[1:]):
        return name, 1
    if name == "addmm" and (len(args) < 3 or args[2] is None):
        return "mm", 0
    if name == "pad":
        return _padding(args, kwargs), 0
    if name in _TRANSFORMS:
        return f"fft_{_TRANSFORMS[name](args)}", 0
    return name, 0


def _padding(args: tuple[Any, ...], kwargs: Any) -> str:
    mode = args[2] if len(args) > 2 else "constant"
    rank = getattr(args[0], "ndim", 0) if args else 0
    if mode == "constant":
        return "constant_pad_nd"
    return f"{ {'reflect': 'reflection', 'edge': 'replication'}.get(mode, 'circular') }_pad{max(rank - 2, 1)}d"


def _complex_to_complex(args: tuple[Any, ...]) -> str:
    return "c2c" if args and np.iscomplexobj(args[0]) else "r2c"


# Fourier transforms, which PyTorch tells apart by what they take and give.
_TRANSFORMS: dict[str, Callable[[tuple[Any, ...]], str]] = {
    **dict.fromkeys(("fft", "ifft"), _complex_to_complex),
    **dict.fromkeys(("fftn", "ifftn", "fft2", "ifft2"), lambda args: "c2c"),
    **dict.fromkeys(("rfft", "rfftn", "rfft2"), lambda args: "r2c"),
    **dict.fromkeys(("irfft", "irfftn", "irfft2"), lambda args: "c2r"),
}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, complex, np.generic))


def _index(index: Any) -> str:
    """Indexing is one step for each part of the index in PyTorch; the last one gives the name."""
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(part, (np.ndarray, list, bool, np.bool_)) for part in parts):
        return "index"
    steps = [part for part in parts if part is not Ellipsis]
    last = steps[-1] if steps else slice(None)
    return "unsqueeze" if last is None else "slice" if isinstance(last, slice) else "select"


def _kinds_of_parts(_: Any, index: Any) -> Any:
    return tuple(map(type, index)) if type(index) is tuple else type(index)


# What decides over a name where it is cheaply told: asked at every call of these.
_TELLING: dict[str, Callable[..., Any]] = {
    **dict.fromkeys((*_BY_AXIS, "max", "min"), lambda x, axis=None, *_: axis is None),
    **dict.fromkeys(("sub", "div"), lambda x, *_: type(x)),
    "pow": lambda *operands: tuple(map(type, operands)),
    "matmul": lambda x, y, *_: (np.ndim(x), np.ndim(y)),
    "getitem": _kinds_of_parts,
    "squeeze": lambda x, axis=None, *_: (axis is None, type(axis) is tuple and len(axis) > 1),
    "clamp": lambda x, *bounds: tuple(map(type, bounds)),
}
# Elsewhere the name itself tells.
_NAMED_BY_VALUES = frozenset({"addmm", "pad", *_TRANSFORMS})
