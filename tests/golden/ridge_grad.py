import numpy as np
from runtime.kernels import (like, matmul_right, require_real, require_real_data, unbroadcast,
    zeros_like)


def ridge_grad(params, X, y):
    """Gradient of ridge with respect to params."""
    require_real("params", params)
    require_real_data("X, y", X, y)
    t = params["w"]
    t3 = params["b"]
    pred = X @ t + t3
    t4 = pred - y
    # return np.mean((pred - y) ** 2) + 0.1 * np.sum(params["w"] ** 2)
    params_bar = zeros_like(params)
    params_bar["w"] += 0.2 * params["w"]
    pred_bar = 2.0 * (t4 / np.size(t4))
    # pred = X @ params["w"] + params["b"]
    params_bar["b"] += unbroadcast(pred_bar, t3)
    params_bar["w"] += matmul_right(pred_bar, X, t)
    return like(params_bar, params)
