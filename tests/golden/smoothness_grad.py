import numpy as np
from runtime.kernels import (add_at, like, own, require_real, require_real_data, unbroadcast,
    zeros_like)


def smoothness_grad(p, dt):
    """Gradient of smoothness with respect to p."""
    require_real("p", p)
    require_real_data("dt", dt)
    q_tape = []
    steps = []
    q = p
    for _ in range(4):
        q_tape.append(q)
        q = q + dt * np.cos(q)
        steps.append(q)
    items = steps[:-1]
    items2 = steps[1:]
    # return sum(np.sum((b - a) ** 2) for a, b in zip(steps[:-1], steps[1:]))
    total_bar = 1.0
    items_bar = zeros_like(items)
    items2_bar = zeros_like(items2)
    for k in reversed(range(min(len(items), len(items2)))):
        a = items[k]
        b = items2[k]
        t3_bar = 2.0 * (total_bar * (b - a))
        b_bar = unbroadcast(t3_bar, b)
        a_bar = unbroadcast(-t3_bar, a)
        items2_bar[k] += b_bar
        items_bar[k] += a_bar
    # return sum(np.sum((b - a) ** 2) for a, b in zip(steps[:-1], steps[1:]))
    steps_bar = zeros_like(steps)
    add_at(steps_bar, slice(1, None, None), items2_bar)
    add_at(steps_bar, slice(None, -1, None), items_bar)
    q_bar = 0.0
    for _ in reversed(range(4)):
        # steps.append(q)
        q_bar += steps_bar.pop()
        # q = q + dt * np.cos(q)
        q = q_tape.pop()
        q_bar = unbroadcast(q_bar, q) + unbroadcast(-(q_bar * dt * np.sin(q)), q)
    # q = p
    p_bar = own(q_bar, p)
    return like(p_bar, p)
