import numpy as np
from runtime.kernels import (like, matmul_left, matmul_right, require_real, require_real_data,
    sequence, unbroadcast, zeros_like)


def rnn_loss_grad(Wx, Wh, b, xs, target):
    """Gradient of rnn_loss with respect to Wx, Wh, b."""
    require_real("Wx, Wh, b", Wx, Wh, b)
    require_real_data("target{}, xs{}", target, xs)
    h_tape = []
    h = np.zeros(len(b))
    items = sequence(xs)
    items2 = sequence(target)
    for k in range(min(len(items), len(items2))):
        x = items[k]
        h_tape.append(h)
        h = np.tanh(Wx @ x + Wh @ h + b)
    # return loss / len(xs)
    loss_bar = 1.0 / len(xs)
    Wh_bar = zeros_like(Wh)
    Wx_bar = zeros_like(Wx)
    b_bar = zeros_like(b)
    h_bar = 0.0
    for k in reversed(range(min(len(items), len(items2)))):
        # loss += np.sum((h - t) ** 2)
        t = items2[k]
        h_bar += unbroadcast(2.0 * (loss_bar * (h - t)), h)
        # h = np.tanh(Wx @ x + Wh @ h + b)
        t5_bar = h_bar * (1.0 - h * h)
        h = h_tape.pop()
        b_bar += unbroadcast(t5_bar, b)
        Wh_bar += matmul_left(t5_bar, Wh, h)
        h_bar = matmul_right(t5_bar, Wh, h)
        x = items[k]
        Wx_bar += matmul_left(t5_bar, Wx, x)
    return Wx_bar, Wh_bar, like(b_bar, b)
