from runtime.kernels import require_real, require_real_data


def energy_grad(u0, c, n):
    """Gradient of energy with respect to u0."""
    require_real("u0", u0)
    require_real_data("c", c)
    u = u0.copy()
    for t in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    # return np.sum(u * u)
    u_bar = 2.0 * u
    for t in reversed(range(n)):
        # u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        t7_bar = u_bar[1:-1] * c
        u_bar[:-2] += t7_bar
        u_bar[1:-1] -= 2.0 * t7_bar
        u_bar[2:] += t7_bar
    # u = u0.copy()
    return u_bar
