"""Which module holds each public function: the table behind the lazy names of `runtime`.

A name stands in one row, under the module of `runtime.operations` that defines it.
"""

from __future__ import annotations

FUNCTIONS = {
    "activations": "celu hardshrink log_softmax prelu relu rrelu selu sigmoid softmax threshold",
    "arithmetic": """
        add addcdiv addcmul div divide float_power floor_divide fmod gcd hypot lcm ldexp lerp mul multiply neg
        negative nextafter positive pow reciprocal remainder rsqrt rsub sqrt square sub subtract true_divide
    """,
    "comparison": """
        allclose bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor eq equal ge
        greater greater_equal gt is_complex is_conj is_floating_point is_inference is_neg is_nonzero is_same_size
        is_signed is_tensor isclose isfinite isin isinf isnan isneginf isposinf isreal le less less_equal logical_and
        logical_not logical_or logical_xor lt ne not_equal
    """,
    "conversion": """
        clone complex conj conj_physical detach fill imag polar real resolve_conj view_as_complex view_as_real
    """,
    "cumulative": "cummax cummin cumprod cumsum cumulative_trapezoid diff gradient logcumsumexp trapezoid trapz",
    "factorizations": "cholesky lu_unpack",
    "functions": """
        abs absolute acos acosh angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh
        ceil copysign cos cosh deg2rad exp exp2 expm1 fix floor frac frexp heaviside log log10 log1p log2 logaddexp
        logaddexp2 logit nan_to_num rad2deg round sgn sign signbit sin sinc sinh tan tanh trunc
    """,
    "indexing": """
        argwhere bucketize diagonal_scatter gather index_add index_copy index_fill index_put index_reduce index_select
        masked_fill
        masked_scatter masked_select nonzero put scatter scatter_add scatter_reduce searchsorted select_scatter
        slice_scatter take take_along_dim unravel_index where
    """,
    "joining": """
        atleast_1d atleast_2d atleast_3d block_diag cartesian_prod cat chunk column_stack combinations concat
        concatenate dsplit dstack hsplit hstack meshgrid row_stack split split_with_sizes stack tensor_split
        tril_indices triu_indices unbind unsafe_chunk unsafe_split unsafe_split_with_sizes vsplit vstack
    """,
    "low_rank": "pca_lowrank svd_lowrank",
    "matrices": """
        cholesky_inverse cholesky_solve det frobenius_norm inverse logdet matrix_exp nuclear_norm pinverse
        triangular_solve
    """,
    "pieces": "clamp clamp_max clamp_min clip",
    "products": """
        addbmm addmm addmv addr baddbmm bmm cdist chain_matmul corrcoef cosine_similarity cov cross dot einsum ger
        inner kron matmul matrix_power mm mv outer pairwise_distance pdist tensordot trace vdot
    """,
    "draws": """
        bernoulli binomial get_rng_state initial_seed multinomial normal poisson rand rand_like randint randint_like
        randn randn_like randperm seed set_rng_state
    """,
    "reductions": """
        all amax amin aminmax any argmax argmin count_nonzero dist fmax fmin logsumexp max maximum mean min minimum
        nanmean nansum prod renorm std std_mean sum var var_mean
    """,
    "shape": """
        adjoint as_strided broadcast_shapes broadcast_tensors broadcast_to diag diag_embed diagflat diagonal flatten
        flip fliplr flipud moveaxis movedim narrow narrow_copy numel permute ravel repeat_interleave reshape roll
        rot90 select squeeze swapaxes swapdims t tile transpose tril triu unflatten unsqueeze
    """,
    "spectral": "bartlett_window blackman_window hamming_window hann_window istft kaiser_window stft",
    "scipy_functions": "igamma igammac",
    "special": "digamma erf erfc erfinv i0 lgamma mvlgamma polygamma xlogy",
    "sorting": """
        argsort bincount histc histogram kthvalue median mode msort nanmedian nanquantile quantile sort topk unique
        unique_consecutive
    """,
}

# Where the function of this name means another thing, or stands under another name.
RENAMED = {
    "lu_solve": "factorizations:solve_from_lu",
    "norm": "matrices:plain_norm",
    "orgqr": "low_rank:householder_product",
    "qr": "factorizations:plain_qr",
    "slogdet": "matrices:plain_slogdet",
    "svd": "factorizations:some_svd",
}

# In-place forms that PyTorch has as functions too.
IN_PLACE = """
    abs_ acos_ acosh_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_ arctanh_ asin_ asinh_ atan_ atanh_ ceil_ clamp_
    clamp_max_ clamp_min_ clip_ conj_physical_ cos_ cosh_ deg2rad_ exp_ exp2_ expm1_ fill_ fix_ floor_ frac_ gcd_
    index_put_ lcm_ ldexp_ log_ log10_ log1p_ log2_ logit_ nan_to_num_ neg_ negative_ rad2deg_ reciprocal_ round_
    rsqrt_ erf_ erfc_ erfinv_ i0_ xlogy_ detach_ sin_ sinc_ sinh_
    sqrt_ square_ tan_ tanh_ trunc_ zero_ addmv_ relu_ selu_ celu_ sigmoid_ threshold_
"""

# Element types, limits of types, and what mixes them.
TYPES = """
    bool can_cast cdouble cfloat complex64 complex128 double dtype finfo float float16 float32 float64
    get_default_dtype half iinfo int int8 int16 int32 int64 long promote_types set_default_dtype short uint8 uint16
    uint32 uint64
"""

CREATION = """
    arange as_tensor asarray empty empty_like eye from_dlpack from_numpy frombuffer full full_like linspace
    logspace ones ones_like range scalar_tensor tensor vander zeros zeros_like
"""

# Functions of networks that PyTorch has at the top too, with the same parameters.
NETWORKS = """
    adaptive_avg_pool1d adaptive_max_pool1d alpha_dropout avg_pool1d bilinear channel_shuffle conv1d conv2d conv3d
    conv_transpose1d conv_transpose2d conv_transpose3d dropout group_norm layer_norm max_pool1d max_pool2d max_pool3d
    pixel_shuffle pixel_unshuffle rms_norm
"""
DEVICES = """
    Size channels_last channels_last_3d contiguous_format device get_default_device preserve_format set_default_device
    strided
"""
CONSTANTS = {"e": "math:e", "inf": "math:inf", "nan": "math:nan", "newaxis": "numpy:newaxis", "pi": "math:pi"}

SETTINGS = """
    are_deterministic_algorithms_enabled get_float32_matmul_precision get_num_threads set_float32_matmul_precision
    set_flush_denormal set_num_threads typename use_deterministic_algorithms
"""

MODULES = "backends cuda drawing fft func linalg nn optim profiler special utils"


def homes() -> dict[str, str]:
    """Where each lazy name of `runtime` is, as `runtime.loading.read` takes it."""
    found = {name: f"runtime.{name}" for name in MODULES.split()}
    for family, names in FUNCTIONS.items():
        found |= {name: f"runtime.operations.{family}:{name}" for name in names.split()}
    found |= {name: f"runtime.tensor:Tensor.{name}" for name in IN_PLACE.split()}
    found |= {name: f"runtime.dtypes:{name}" for name in TYPES.split()}
    found |= {name: f"runtime.creation:{name}" for name in CREATION.split()}
    found |= {name: f"runtime.nn.functional:{name}" for name in NETWORKS.split()}
    found |= {name: f"runtime.files:{name}" for name in ("load", "save")}
    found |= {name: f"runtime.operations.{home}" for name, home in RENAMED.items()}
    found |= {name: f"runtime.devices:{name}" for name in DEVICES.split()}
    found |= CONSTANTS
    found |= {
        name: f"runtime.autograd.anomaly:{name}" for name in ("is_anomaly_enabled", "is_anomaly_check_nan_enabled")
    }
    found |= {name: f"runtime.settings:{name}" for name in SETTINGS.split()}
    found["default_generator"] = "runtime.generator:default_generator"
    found["random"] = "runtime.seeding"
    found["vmap"] = "runtime.func:vmap"
    found["result_type"] = "runtime.promotion:result_type"
    return found
