import numpy as np
from runtime.kernels import require_real, seeded, share_of_ties, unbroadcast


def softmax_adjoint(x, temperature, result_bar):
    """Cotangents of x, temperature in softmax, given the cotangent of its result."""
    require_real("x, temperature", x, temperature)
    t = np.max(x)
    t2 = x - t
    t3 = t2 / temperature
    e = np.exp(t3)
    t4 = np.sum(e)
    result_bar2 = seeded(result_bar, e / t4)
    # return e / np.sum(e)
    e_bar = result_bar2 / t4 + np.full_like(t3, unbroadcast(-(result_bar2 * (e / t4 / t4)), 0.0))
    # e = np.exp((x - np.max(x)) / temperature)
    t3_bar = e_bar * e
    t2_bar = t3_bar / temperature
    temperature_bar = unbroadcast(-(t3_bar * (t2 / temperature / temperature)), temperature)
    x_bar = unbroadcast(t2_bar, x) + unbroadcast(-t2_bar, 0.0) * share_of_ties(x, t)
    return x_bar, temperature_bar
