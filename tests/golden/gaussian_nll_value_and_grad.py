import numpy as np
from runtime.kernels import require_real, require_real_data, unbroadcast


def gaussian_nll_value_and_grad(mu, log_sigma, data):
    """Value and gradient of gaussian_nll with respect to mu, log_sigma."""
    require_real("mu, log_sigma", mu, log_sigma, arrays="log_sigma")
    require_real_data("data", data)
    t = data - mu
    t2 = np.exp(log_sigma)
    z = t / t2
    # return np.sum(0.5 * z**2 + log_sigma)
    z_bar = z
    # z = (data - mu) / np.exp(log_sigma)
    t2_bar = -(z_bar * (t / t2 / t2))
    log_sigma_bar = (unbroadcast(np.full_like(z, 1.0), log_sigma)
        + unbroadcast(t2_bar * t2, log_sigma))
    mu_bar = unbroadcast(-(z_bar / t2), mu)
    return np.sum(0.5 * z ** 2 + log_sigma), (mu_bar, log_sigma_bar)
