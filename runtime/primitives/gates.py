"""Rules of the steps of gated recurrent layers. The gates are computed again: cheaper than keeping them."""

from __future__ import annotations

import numpy as np

from runtime.kernels import gate, gru_step, lstm_step
from runtime.primitives.registry import call, forward, partial, reverse, samples
from runtime.primitives.sampling import normal, unary_rows


@partial(gate, wrt="x")
def gate_x(z, x):
    return z * (1.0 - z)


@reverse(lstm_step, wrt="total")
def lstm_step_total(z_bar, z, total, c):
    n = np.shape(c)[-1]
    shares = gate(total)
    slopes = shares * (1.0 - shares)
    new = np.tanh(total[..., 2 * n : 3 * n])
    shown = np.tanh(z[1])
    c_bar = z_bar[1] + z_bar[0] * shares[..., 3 * n :] * (1.0 - shown * shown)
    i_bar = c_bar * new * slopes[..., :n]
    f_bar = c_bar * c * slopes[..., n : 2 * n]
    g_bar = c_bar * shares[..., :n] * (1.0 - new * new)
    o_bar = z_bar[0] * shown * slopes[..., 3 * n :]
    return np.concatenate([i_bar, f_bar, g_bar, o_bar], axis=-1)


@reverse(lstm_step, wrt="c")
def lstm_step_c(z_bar, z, total, c):
    n = np.shape(c)[-1]
    shown = np.tanh(z[1])
    c_bar = z_bar[1] + z_bar[0] * gate(total[..., 3 * n :]) * (1.0 - shown * shown)
    return c_bar * gate(total[..., n : 2 * n])


@forward(lstm_step, wrt="total")
def lstm_step_total_forward(total_dot, z, total, c):
    n = np.shape(c)[-1]
    shares = gate(total)
    dots = shares * (1.0 - shares) * total_dot
    new = np.tanh(total[..., 2 * n : 3 * n])
    new_dot = (1.0 - new * new) * total_dot[..., 2 * n : 3 * n]
    shown = np.tanh(z[1])
    c_dot = dots[..., n : 2 * n] * c + dots[..., :n] * new + shares[..., :n] * new_dot
    h_dot = dots[..., 3 * n :] * shown + shares[..., 3 * n :] * (1.0 - shown * shown) * c_dot
    return np.stack([h_dot, c_dot])


@forward(lstm_step, wrt="c")
def lstm_step_c_forward(c_dot, z, total, c):
    n = np.shape(c)[-1]
    shown = np.tanh(z[1])
    moved = gate(total[..., n : 2 * n]) * c_dot
    return np.stack([gate(total[..., 3 * n :]) * (1.0 - shown * shown) * moved, moved])


@reverse(gru_step, wrt="inputs")
def gru_step_inputs(z_bar, z, inputs, hidden, h):
    n = np.shape(h)[-1]
    shares = gate(inputs[..., : 2 * n] + hidden[..., : 2 * n])
    slopes = shares * (1.0 - shares)
    new = np.tanh(inputs[..., 2 * n :] + shares[..., :n] * hidden[..., 2 * n :])
    new_bar = z_bar * (1.0 - shares[..., n:]) * (1.0 - new * new)
    r_bar = new_bar * hidden[..., 2 * n :] * slopes[..., :n]
    u_bar = z_bar * (h - new) * slopes[..., n:]
    return np.concatenate([r_bar, u_bar, new_bar], axis=-1)


@reverse(gru_step, wrt="hidden")
def gru_step_hidden(z_bar, z, inputs, hidden, h):
    n = np.shape(h)[-1]
    shares = gate(inputs[..., : 2 * n] + hidden[..., : 2 * n])
    slopes = shares * (1.0 - shares)
    new = np.tanh(inputs[..., 2 * n :] + shares[..., :n] * hidden[..., 2 * n :])
    new_bar = z_bar * (1.0 - shares[..., n:]) * (1.0 - new * new)
    r_bar = new_bar * hidden[..., 2 * n :] * slopes[..., :n]
    u_bar = z_bar * (h - new) * slopes[..., n:]
    return np.concatenate([r_bar, u_bar, new_bar * shares[..., :n]], axis=-1)


@reverse(gru_step, wrt="h")
def gru_step_h(z_bar, z, inputs, hidden, h):
    n = np.shape(h)[-1]
    return z_bar * gate(inputs[..., n : 2 * n] + hidden[..., n : 2 * n])


@forward(gru_step, wrt="inputs")
def gru_step_inputs_forward(inputs_dot, z, inputs, hidden, h):
    n = np.shape(h)[-1]
    shares = gate(inputs[..., : 2 * n] + hidden[..., : 2 * n])
    dots = shares * (1.0 - shares) * inputs_dot[..., : 2 * n]
    new = np.tanh(inputs[..., 2 * n :] + shares[..., :n] * hidden[..., 2 * n :])
    new_dot = (1.0 - new * new) * (inputs_dot[..., 2 * n :] + dots[..., :n] * hidden[..., 2 * n :])
    return new_dot * (1.0 - shares[..., n:]) + dots[..., n:] * (h - new)


@forward(gru_step, wrt="hidden")
def gru_step_hidden_forward(hidden_dot, z, inputs, hidden, h):
    n = np.shape(h)[-1]
    shares = gate(inputs[..., : 2 * n] + hidden[..., : 2 * n])
    dots = shares * (1.0 - shares) * hidden_dot[..., : 2 * n]
    new = np.tanh(inputs[..., 2 * n :] + shares[..., :n] * hidden[..., 2 * n :])
    moved = dots[..., :n] * hidden[..., 2 * n :] + shares[..., :n] * hidden_dot[..., 2 * n :]
    return (1.0 - new * new) * moved * (1.0 - shares[..., n:]) + dots[..., n:] * (h - new)


@forward(gru_step, wrt="h")
def gru_step_h_forward(h_dot, z, inputs, hidden, h):
    n = np.shape(h)[-1]
    return h_dot * gate(inputs[..., n : 2 * n] + hidden[..., n : 2 * n])


samples(gate, unary_rows())
samples(
    lstm_step,
    lambda: [
        call(normal(3, 8), normal(3, 2)),
        call(normal(8), normal(2)),
        call(normal(3, 8, dtype=np.float32), normal(3, 2, dtype=np.float32)),
        call(normal(0, 8), normal(0, 2)),
    ],
)
samples(
    gru_step,
    lambda: [
        call(normal(3, 6), normal(3, 6, seed=1), normal(3, 2)),
        call(normal(6), normal(6, seed=1), normal(2)),
        call(normal(3, 6, dtype=np.float32), normal(3, 6, seed=1, dtype=np.float32), normal(3, 2, dtype=np.float32)),
        call(normal(0, 6), normal(0, 6), normal(0, 2)),
    ],
)
