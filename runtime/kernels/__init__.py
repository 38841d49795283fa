"""Array operations that NumPy does not have. Emitted programs and rules call them by these names."""

from runtime.kernels.accumulations import carry_over, exp_share, logcumsumexp, logsumexp
from runtime.kernels.activations import (
    gelu,
    gelu_bend,
    gelu_slope,
    leaky,
    leaky_slope,
    silu,
    silu_bend,
    silu_slope,
    softplus,
    softplus_slope,
)
from runtime.kernels.arrays import constant, numeric
from runtime.kernels.calculus import (
    moments,
    slope_coefficients,
    slope_coefficients_back,
    trapezoid_left,
    trapezoid_right,
    weights_along,
    weights_along_back,
)
from runtime.kernels.checks import (
    holds_complex,
    require_array,
    require_class,
    require_constant,
    require_fields,
    require_floats,
    require_inexact,
    require_items,
    require_no_method,
    require_numbers,
    require_plain,
    require_real,
    require_real_data,
    unit,
)
from runtime.kernels.complex_parts import as_cotangent, as_gradient
from runtime.kernels.contractions import by_letters, einsum_cotangent, part_of, recast
from runtime.kernels.convolution import (
    convolution,
    convolution_input,
    convolution_weight,
    over_channels,
    per_channel,
)
from runtime.kernels.cotangent import (
    accumulate,
    add_at,
    drained,
    entries_of,
    like,
    narrowed,
    number_in,
    own,
    seeded,
    sequence,
    sequence_dot,
    take_out,
    take_written,
    unbroadcast,
    written_back,
    zeros_like,
)
from runtime.kernels.elementwise import (
    absorb,
    astype,
    cast_cotangent,
    cast_tangent,
    clip_high_share,
    clip_low_share,
    clip_share,
    divide_or_zero,
    from_imag,
    from_real,
    logistic_share,
    power_log,
    real_sign,
    scaled_power,
    sinc_derivative,
    taken_from,
    xlogy,
    zero_slope,
)
from runtime.kernels.entries import (
    require_count,
    require_elements,
    require_entries,
    require_key,
    require_room,
    unresized,
)
from runtime.kernels.error_function import erf, erfc, erfcx, erfinv
from runtime.kernels.folding import fold_windows, unfold_windows
from runtime.kernels.fourier import doubled, full_length, half_length, opposite, refit
from runtime.kernels.gamma import bessel_i, lgamma, scaled_bessel_i
from runtime.kernels.gates import gate, gru_step, lstm_step
from runtime.kernels.indexing import scatter, untake, untake_along_axis
from runtime.kernels.jacobians import (
    columns_of_jacobian,
    elements,
    jacobian_of_columns,
    jacobian_of_rows,
    rows_of_jacobian,
    unit_at,
)
from runtime.kernels.joining import (
    carried,
    concatenated,
    filled,
    fresh,
    layer_at,
    piece_at,
    stacked,
    unarray,
    uncolumn_stack,
    unconcatenate,
    undstack,
    unhstack,
    unsplit,
    unstack,
    unvstack,
    widened,
)
from runtime.kernels.layers import linear, outer_sum
from runtime.kernels.linear_algebra import (
    SVDResult,
    cofactor,
    cofactor_along,
    columns_apply,
    columns_outer,
    half_lower,
    lower_part,
    mirrored,
    over_gaps,
    phase_free,
    real_matrix,
    skew_lower,
    solve_like,
    tall,
    thin_svd,
    undoing,
    unpivoted_lu,
)
from runtime.kernels.losses import (
    binary_losses,
    binary_spread,
    binary_spread_slope,
    clipped_log,
    clipped_log_slope,
    logit_losses,
    reduce_losses,
    share_losses,
    squared_losses,
)
from runtime.kernels.matching import is_mapping, is_sequence, ranking
from runtime.kernels.normalization import (
    affine,
    along_channels,
    channel_product,
    channel_sum,
    deviation_by,
    standardize,
    standardize_slope,
)
from runtime.kernels.norms import (
    direction,
    norm_slope,
    norm_slope_part,
    order_of_moduli,
    spectral_bend,
    spectral_bend_slope,
)
from runtime.kernels.overlapping import given_up, handed_back, overlap, refreshed, taken_over
from runtime.kernels.piecewise import clamp, inside, lowered_to, modulus, raised_to, relu, still, toward
from runtime.kernels.pooling import (
    max_place,
    max_pool,
    pick,
    unpick,
    window_counts,
    window_sizes,
    window_spread,
    window_sum,
)
from runtime.kernels.products import (
    convolve_left,
    correlate_left,
    correlate_right,
    cross_left,
    dot_left,
    dot_right,
    inner_left,
    inner_right,
    kron_left,
    kron_right,
    matmul_left,
    matmul_right,
    tensordot_left,
    tensordot_right,
)
from runtime.kernels.quantiles import first_axes, last_axes, quantile_weights
from runtime.kernels.recurrences import backward_recurrence, forward_recurrence, shift_left, shift_right
from runtime.kernels.reductions import (
    as_rows,
    count,
    deviation,
    freedom,
    from_rows,
    product_of_others,
    share_of_ties,
    spread,
)
from runtime.kernels.restoring import contents, copied, private, put_back, put_whole, saved, saved_item, takes_back
from runtime.kernels.shape import (
    copying_mode,
    flatten,
    inverse_permutation,
    item,
    one_value,
    stated_order,
    undiag,
    undiagonal,
    unpad,
    unrepeat,
    untile,
)
from runtime.kernels.sharing import apart, distinct
from runtime.kernels.sigmoids import log_sigmoid, sigmoid
from runtime.kernels.softmax import class_losses, class_slopes, log_softmax, softmax, softmax_slope
from runtime.kernels.sorting import interval, interval_share, interval_slope, median_weights, undiff
from runtime.kernels.special import each_summand, listed, one_array, polygamma
from runtime.kernels.strided import (
    add_strided,
    add_windows,
    as_strided,
    bind,
    sliding,
    strided_places,
    unbind,
    view_as_complex,
    view_as_real,
)
from runtime.kernels.tangent import (
    blank_tangent,
    formed,
    joined,
    matched,
    record_tangent,
    stretched,
    view_alike,
    zero_tangent,
)
