"""The functions behind the Modules, under PyTorch's names."""

from runtime.nn.functional.activations import (
    celu,
    celu_,
    elu,
    elu_,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    mish,
    relu,
    relu6,
    relu_,
    rrelu,
    rrelu_,
    selu,
    selu_,
    silu,
    threshold,
    threshold_,
)
from runtime.nn.functional.attention import scaled_dot_product_attention
from runtime.nn.functional.convolution import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
from runtime.nn.functional.ctc import ctc_loss
from runtime.nn.functional.dense import bilinear, linear
from runtime.nn.functional.dropout import (
    alpha_dropout,
    dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    feature_alpha_dropout,
)
from runtime.nn.functional.fractional import fractional_max_pool2d, fractional_max_pool3d
from runtime.nn.functional.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    gaussian_nll_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    poisson_nll_loss,
    smooth_l1_loss,
)
from runtime.nn.functional.margins import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from runtime.nn.functional.normalization import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from runtime.nn.functional.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from runtime.nn.functional.sampling import affine_grid, grid_sample
from runtime.nn.functional.tables import embedding, embedding_bag
from runtime.nn.functional.unpooling import max_unpool1d, max_unpool2d, max_unpool3d
from runtime.nn.functional.vision import (
    channel_shuffle,
    fold,
    interpolate,
    local_response_norm,
    pixel_shuffle,
    pixel_unshuffle,
    unfold,
    upsample,
    upsample_bilinear,
    upsample_nearest,
)
from runtime.operations.activations import (
    gelu,
    glu,
    gumbel_softmax,
    hardshrink,
    log_softmax,
    logsigmoid,
    normalize,
    one_hot,
    prelu,
    sigmoid,
    softmax,
    softmin,
    softplus,
    softshrink,
    softsign,
    tanhshrink,
)
from runtime.operations.functions import tanh
from runtime.operations.products import cosine_similarity, pairwise_distance, pdist
from runtime.operations.shape import pad
