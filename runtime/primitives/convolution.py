"""Rules of convolution. Its transposes are kernels, and the transposes of those are convolutions again."""

from __future__ import annotations

import numpy as np

from runtime.kernels import convolution, convolution_input, convolution_weight, over_channels, per_channel
from runtime.primitives.registry import call, forward, reverse, samples, transpose, view
from runtime.primitives.sampling import normal


@reverse(convolution, wrt="x")
def convolution_x(z_bar, z, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return convolution_input(z_bar, weight, np.shape(x)[2:], stride, padding, dilation, groups)


@reverse(convolution, wrt="weight")
def convolution_w(z_bar, z, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return convolution_weight(z_bar, x, np.shape(weight)[2:], stride, padding, dilation, groups)


@reverse(convolution, wrt="bias")
def convolution_bias(z_bar, z, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return over_channels(z_bar)


@forward(convolution, wrt="x")
def convolution_x_forward(x_dot, z, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return convolution(x_dot, weight, None, stride, padding, dilation, groups)


@forward(convolution, wrt="weight")
def convolution_w_forward(weight_dot, z, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return convolution(x, weight_dot, None, stride, padding, dilation, groups)


@forward(convolution, wrt="bias")
def convolution_bias_forward(bias_dot, z, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return per_channel(bias_dot, z)


@transpose(convolution_input, wrt="g")
def convolution_input_g(z_bar, z, g, weight, lengths, stride=1, padding=0, dilation=1, groups=1):
    return convolution(z_bar, weight, None, stride, padding, dilation, groups)


@transpose(convolution_input, wrt="weight")
def convolution_input_w(z_bar, z, g, weight, lengths, stride=1, padding=0, dilation=1, groups=1):
    return convolution_weight(g, z_bar, np.shape(weight)[2:], stride, padding, dilation, groups)


@transpose(convolution_weight, wrt="g")
def convolution_weight_g(z_bar, z, g, x, size, stride=1, padding=0, dilation=1, groups=1):
    return convolution(x, z_bar, None, stride, padding, dilation, groups)


@transpose(convolution_weight, wrt="x")
def convolution_weight_x(z_bar, z, g, x, size, stride=1, padding=0, dilation=1, groups=1):
    return convolution_input(g, z_bar, np.shape(x)[2:], stride, padding, dilation, groups)


@transpose(per_channel, wrt="v")
def per_channel_v(z_bar, z, v, x):
    return over_channels(z_bar)


@transpose(over_channels, wrt="g")
def over_channels_g(z_bar, z, g):
    return per_channel(z_bar, g)


samples(
    convolution,
    lambda: [
        call(normal(2, 3, 5), normal(4, 3, 2)),
        call(normal(2, 3, 5), normal(4, 3, 2), normal(4), 2),
        call(normal(2, 3, 5, 4), normal(2, 3, 3, 2), normal(2)),
        call(normal(2, 4, 6, 5), normal(6, 2, 3, 2), normal(6), (2, 1), (1, 2), (2, 1), 2),
        call(normal(2, 3, 6, 6), normal(2, 3, 2, 2), bias=normal(2), stride=3, padding=0),
        call(normal(1, 2, 4, 3), normal(2, 1, 3, 3), None, 1, 1, 1, 2),
        call(normal(1, 2, 3, 4, 3), normal(2, 2, 2, 2, 2), None, (1, 2, 1), 1),
        call(normal(2, 3, 4, 4, dtype=np.float32), normal(2, 3, 3, 3, dtype=np.float32), padding=1),
        call(normal(2, 3, 5), normal(3, 1, 2), normal(3), 1, 1, 2, 3),
        call(normal(2, 3, 5, 4), normal(3, 1, 3, 2), None, 1, (1, 0), 1, 3),
        call(normal(2, 2, 3, 3), normal(2, 1, 1, 1), None, 1, 1, 1, 2),
        call(normal(0, 3, 5), normal(4, 3, 2)),
        call(normal(2, 3, 4, 4), normal(5, 3, 1, 1)),
    ],
)
samples(
    convolution_input,
    lambda: [
        call(normal(2, 4, 4), normal(4, 3, 2), (5,)),
        call(normal(2, 4, 3), normal(4, 3, 2), (7,), 2, 0, 1),
        call(normal(2, 6, 3, 8), normal(6, 2, 3, 2), (6, 5), (2, 1), (2, 2), (2, 1), 2),
    ],
)
samples(
    convolution_weight,
    lambda: [
        call(normal(2, 4, 4), normal(2, 3, 5), (2,)),
        call(normal(2, 6, 3, 8), normal(2, 4, 6, 5), (3, 2), (2, 1), (2, 2), (2, 1), 2),
    ],
)
view(per_channel, of="v")
samples(per_channel, lambda: [call(normal(3), normal(2, 3, 4, 5)), call(normal(3), normal(2, 3))])
samples(over_channels, lambda: [call(normal(2, 3, 4, 5)), call(normal(2, 3)), call(normal(0, 3, 2))])
