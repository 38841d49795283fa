import numpy as np
from runtime.kernels import matmul_left, matmul_right, require_real, require_real_data, unbroadcast


def mlp_loss_grad(W1, b1, W2, b2, X, y):
    """Gradient of mlp_loss with respect to W1, b1, W2, b2."""
    require_real("W1, b1, W2, b2", W1, b1, W2, b2, arrays="b1, b2")
    require_real_data("X, y", X, y)
    h = np.tanh(X @ W1 + b1)
    o = h @ W2 + b2
    t4 = o - y
    # return np.mean((o - y) ** 2)
    o_bar = 2.0 * (t4 / np.size(t4))
    # o = h @ W2 + b2
    b2_bar = unbroadcast(o_bar, b2)
    h_bar = matmul_left(o_bar, h, W2)
    W2_bar = matmul_right(o_bar, h, W2)
    # h = np.tanh(X @ W1 + b1)
    t2_bar = h_bar * (1.0 - h * h)
    b1_bar = unbroadcast(t2_bar, b1)
    W1_bar = matmul_right(t2_bar, X, W1)
    return W1_bar, b1_bar, W2_bar, b2_bar
