from runtime.kernels import matched


def root_tangent(a, a_dot):
    """Value and tangent of root in the direction a_dot."""
    a_dot = matched(a_dot, a)
    x_dot = a_dot
    x = a
    while abs(x * x - a) > 1e-12:
        x_dot = 0.5 * (x_dot + (a_dot / x - x_dot * (a / x / x)))
        x = 0.5 * (x + a / x)
    return x, x_dot
