from runtime.kernels import require_numbers, require_real, zeros_like


def root_grad(a):
    """Gradient of root with respect to a."""
    require_real("a", a)
    x_tape = []
    x = a
    while abs(x * x - a) > 1e-12:
        x_tape.append(x)
        x = 0.5 * (x + a / x)
    require_numbers(a=a)
    x_bar = 1.0
    a_bar = zeros_like(a)
    while x_tape:
        # x = 0.5 * (x + a / x)
        t2_bar = 0.5 * x_bar
        x = x_tape.pop()
        a_bar += t2_bar / x
        x_bar = t2_bar - t2_bar * (a / x / x)
    # x = a
    a_bar += x_bar
    return a_bar
