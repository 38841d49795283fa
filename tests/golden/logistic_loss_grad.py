import numpy as np
from runtime.kernels import (logistic_share, matmul_right, require_numbers, require_real,
    require_real_data, unbroadcast)


def logistic_loss_grad(w, b, X, y, l2):
    """Gradient of logistic_loss with respect to w, b."""
    require_real("w, b", w, b, arrays="b")
    require_real_data("X, l2, y", X, l2, y)
    z = X @ w + b
    t3 = y * z
    require_numbers(l2=l2)
    # return np.mean(losses) + 0.5 * l2 * np.sum(w**2)
    losses_bar = np.full_like(t3, 1.0 / np.size(t3))
    # losses = np.logaddexp(0.0, z) - y * z
    z_bar = unbroadcast(-(losses_bar * y), z) + unbroadcast(losses_bar * logistic_share(z, 0.0), z)
    # z = X @ w + b
    b_bar = unbroadcast(z_bar, b)
    w_bar = l2 * w + matmul_right(z_bar, X, w)
    return w_bar, b_bar
