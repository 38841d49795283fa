from runtime.kernels import require_real, unbroadcast, zeros_like


def energy_grad(u0, c, n):
    """Gradient of energy with respect to u0, c."""
    require_real("u0, c", u0, c, arrays="c")
    t7_tape = []
    u = u0.copy()
    for t in range(n):
        t7 = u[2:] - 2.0 * u[1:-1] + u[:-2]
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
    # u = u0.copy()
    return u_bar, c_bar
