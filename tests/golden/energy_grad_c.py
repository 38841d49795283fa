from runtime.kernels import require_floats, require_real, require_real_data, unbroadcast, zeros_like


def energy_grad(u0, c, n):
    """Gradient of energy with respect to c."""
    require_real("c", c, arrays="c")
    require_real_data("u0", u0)
    t7_tape = []
    u = u0.copy()
    for t in range(n):
        t7 = u[2:] - 2.0 * u[1:-1] + u[:-2]
        require_floats(u, "u")
        u[1:-1] += c * t7
        t7_tape.append(t7)
    # return np.sum(u * u)
    u_bar = 2.0 * u
    c_bar = zeros_like(c)
    for t in reversed(range(n)):
        t7 = t7_tape.pop()
        # u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        t8_bar = u_bar[1:-1]
        c_bar += unbroadcast(t8_bar * t7, c)
        t7_bar = t8_bar * c
        u_bar[:-2] += t7_bar
        u_bar[1:-1] -= 2.0 * t7_bar
        u_bar[2:] += t7_bar
    return c_bar
