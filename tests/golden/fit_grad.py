from runtime.kernels import (like, real_sign, require_plain, require_real, unbroadcast, unit,
    zeros_like)


def huber_fwd(r, delta):
    """Value of huber, and what its backward function needs."""
    t = None
    if abs(r) <= delta:
        t = 0.5 * r
        result = t * r
    else:
        result = delta * (abs(r) - 0.5 * delta)
    return result, (delta, r, t)


def huber_bwd(tape, result_bar):
    """Cotangent of r in huber."""
    delta, r, t = tape
    if abs(r) <= delta:
        # return 0.5 * r * r
        r_bar = result_bar * t + 0.5 * (result_bar * r)
    else:
        # return delta * (abs(r) - 0.5 * delta)
        r_bar = result_bar * delta * real_sign(r)
    return r_bar


def fit_grad(theta, x, y, delta):
    """Gradient of fit with respect to theta."""
    require_real("theta", theta)
    require_plain("delta, x{}, y{}", delta, x, y)
    t6_tapes = []
    total = 0.0
    for i in range(len(x)):
        t6, t6_tape = huber_fwd(y[i] - theta[0] - theta[1] * x[i], delta)
        total += t6
        t6_tapes.append(t6_tape)
    total_bar = unit(total)
    theta_bar = zeros_like(theta)
    for i in reversed(range(len(x))):
        t6_tape = t6_tapes.pop()
        # total += huber(y[i] - theta[0] - theta[1] * x[i], delta)
        t5_bar = huber_bwd(t6_tape, total_bar)
        theta_bar[1] += unbroadcast(-(t5_bar * x[i]), theta[1])
        theta_bar[0] += unbroadcast(-t5_bar, theta[0])
    return like(theta_bar, theta)
