"""The methods of Tensor that are PyTorch's functions, attached here and nowhere else.

Each is imported when it is first used. The out-of-place methods are the functions of `runtime.operations` themselves,
with the Tensor as their first argument; an in-place method puts the function's result into the Tensor's memory.
"""

from __future__ import annotations

import importlib
from typing import Any

from runtime import devices, dtypes
from runtime.loading import Fact, Method
from runtime.names import RENAMED
from runtime.tensor import Tensor

PLAIN = {
    "activations": "hardshrink log_softmax prelu relu sigmoid softmax",
    "arithmetic": """
        add addcdiv addcmul div divide float_power floor_divide fmod gcd hypot lcm ldexp lerp mul multiply neg
        negative nextafter positive pow reciprocal remainder rsqrt sqrt square sub subtract true_divide
    """,
    "comparison": """
        allclose bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor eq equal ge
        greater greater_equal gt is_complex is_floating_point is_nonzero is_same_size is_signed isclose isfinite isinf
        isnan isneginf isposinf isreal le less less_equal logical_and logical_not logical_or logical_xor lt ne
        not_equal
    """,
    "conversion": """
        bool byte cdouble cfloat char conj conj_physical copy_ cpu cuda double element_size float half int long
        new_empty new_full new_ones new_tensor new_zeros resolve_conj short to type type_as
    """,
    "cumulative": "cummax cummin cumprod cumsum diff logcumsumexp",
    "functions": """
        abs absolute acos acosh angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh
        ceil copysign cos cosh deg2rad exp exp2 expm1 fix floor frac frexp heaviside log log10 log1p log2 logaddexp
        logaddexp2 logit nan_to_num rad2deg round sgn sign signbit sin sinc sinh tan tanh trunc
    """,
    "in_place": "apply_ fill_diagonal_ map_ zero_",
    "reshaping": "as_strided_ resize_ resize_as_ squeeze_ swapaxes_ swapdims_ t_ transpose_ unsqueeze_",
    "indexing": """
        argwhere diagonal_scatter gather index_add index_copy index_fill index_put index_reduce index_select
        masked_fill masked_scatter masked_select nonzero put scatter scatter_add scatter_reduce select_scatter
        slice_scatter take take_along_dim
    """,
    "joining": """
        chunk dsplit hsplit split split_with_sizes tensor_split unbind unsafe_chunk unsafe_split
        unsafe_split_with_sizes vsplit
    """,
    "factorizations": "cholesky",
    "matrices": "cholesky_inverse cholesky_solve det inverse logdet matrix_exp pinverse",
    "pieces": "clamp clamp_max clamp_min clip",
    "products": """
        addbmm addmm addmv addr baddbmm bmm corrcoef cov cross dot ger inner kron matmul matrix_power mm mv outer
        trace vdot
    """,
    "draws": """
        bernoulli bernoulli_ cauchy_ exponential_ geometric_ log_normal_ multinomial normal_ random_ uniform_
    """,
    "reductions": """
        all amax amin aminmax any argmax argmin count_nonzero dist fmax fmin logsumexp max maximum mean min minimum
        nanmean nansum prod renorm std sum var
    """,
    "shape": """
        adjoint as_strided broadcast_to contiguous diag diag_embed diagflat diagonal expand expand_as flatten flip
        fliplr flipud is_contiguous moveaxis movedim narrow narrow_copy permute ravel repeat repeat_interleave reshape
        reshape_as roll rot90 select squeeze storage_offset stride sum_to_size swapaxes swapdims t tile transpose tril
        triu unflatten unfold unsqueeze view view_as
    """,
    "spectral": "istft stft",
    "scipy_functions": "igamma igammac",
    "special": "digamma erf erfc erfinv i0 lgamma mvlgamma polygamma xlogy",
    "sorting": """
        argsort bincount histc histogram kthvalue median mode msort nanmedian nanquantile quantile sort topk unique
        unique_consecutive
    """,
}

IN_PLACE = {
    "activations": "celu relu selu sigmoid threshold",
    "arithmetic": """
        add addcdiv addcmul div divide float_power floor_divide fmod gcd hypot lcm ldexp lerp mul multiply neg
        negative nextafter pow reciprocal remainder rsqrt sqrt square sub subtract true_divide
    """,
    "comparison": """
        bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor eq ge greater
        greater_equal gt le less less_equal logical_and logical_not logical_or logical_xor lt ne not_equal
    """,
    "conversion": "conj_physical fill",
    "cumulative": "cumprod cumsum",
    "functions": """
        abs absolute acos acosh arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh ceil
        copysign cos cosh deg2rad exp exp2 expm1 fix floor frac heaviside log log10 log1p log2 logit nan_to_num
        rad2deg round sgn sign sin sinc sinh tan tanh trunc
    """,
    "indexing": """
        index_add index_copy index_fill index_put index_reduce masked_fill masked_scatter put scatter scatter_add
        scatter_reduce
    """,
    "pieces": "clamp clamp_max clamp_min clip",
    "products": "addbmm addmm addmv addr baddbmm",
    "reductions": "renorm",
    "scipy_functions": "igamma igammac",
    "shape": "tril triu",
    "special": "digamma erf erfc erfinv i0 lgamma mvlgamma polygamma xlogy",
}

OPERATORS = """
    add sub mul truediv floordiv mod pow matmul radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul neg pos abs
    lt le gt ge eq ne and_ or_ xor lshift rshift rand ror rxor rlshift rrshift iand ior ixor ilshift irshift invert
"""


def _in_place(function: Any) -> Any:
    # Looked up here, because the module is loaded with the first in-place method only.
    return importlib.import_module("runtime.operations.in_place").in_place(function)


def attach() -> None:
    """Put every method of the tables on Tensor."""
    for family, names in PLAIN.items():
        for name in names.split():
            setattr(Tensor, name, Method(name, f"runtime.operations.{family}:{name}"))
    for family, names in IN_PLACE.items():
        for name in names.split():
            setattr(Tensor, f"{name}_", Method(f"{name}_", f"runtime.operations.{family}:{name}", _in_place))
    for name, home in (RENAMED | _OTHERWISE).items():
        setattr(Tensor, name, Method(name, f"runtime.operations.{home}"))
    for name in OPERATORS.split():
        special = f"__{name.strip('_')}__"
        setattr(Tensor, special, Method(special, f"runtime.operations.operators:{name}"))
    for name, value in _FACTS.items():
        setattr(Tensor, name, value)


def _shape(self: Tensor) -> devices.Size:
    """Lengths of the axes."""
    return devices.Size(self._data.shape)


def _size(self: Tensor, dim: int | None = None) -> Any:
    """Lengths of the axes, or of one."""
    return devices.Size(self._data.shape) if dim is None else self._data.shape[dim]


def _dtype(self: Tensor) -> dtypes.dtype:
    """The type of the elements."""
    return dtypes.of(self._data.dtype)


def _device(self: Tensor) -> devices.device:
    """Where the elements are."""
    return devices.CPU


# Methods whose Tensor is not the first argument of the function of their name.
_OTHERWISE = {"where": "indexing:where_method"}

_FACTS: dict[str, Any] = {
    "shape": property(_shape),
    "dtype": property(_dtype),
    "device": property(_device),
    "size": _size,
    "real": Fact("runtime.operations.conversion:real"),
    "imag": Fact("runtime.operations.conversion:imag"),
    "H": Fact("runtime.operations.shape:adjoint"),
    "mH": Fact("runtime.operations.shape:adjoint"),
    "layout": devices.strided,
    "is_meta": False,
    "is_pinned": lambda self: False,
    "is_conj": lambda self: False,
    "is_neg": lambda self: False,
    "resolve_neg": lambda self: self,
    "get_device": lambda self: -1,
    "data_ptr": lambda self: self._data.__array_interface__["data"][0],
    "is_cuda": False,
    "is_cpu": True,
    "is_sparse": False,
    "is_quantized": False,
    "itemsize": Fact("runtime.operations.conversion:element_size"),
    "nbytes": property(lambda self: self._data.nbytes),
    "ndimension": lambda self: self._data.ndim,
    "is_shared": lambda self: False,
    "share_memory_": lambda self: self,
    "pin_memory": lambda self, device=None: self,
    "nelement": lambda self: self._data.size,
}

attach()
