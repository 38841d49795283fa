import numpy as np
from runtime.kernels import like, require_real, take_out, unbroadcast, zeros_like


def length_grad(p):
    """Gradient of length with respect to p."""
    require_real("p", p)
    t6_tape = []
    n = len(p)
    seg = np.zeros(n - 1)
    for i in range(n - 1):
        t6 = np.sqrt(np.sum((p[i + 1] - p[i]) ** 2))
        seg[i] = t6
        t6_tape.append(t6)
    # return seg.sum()
    seg_bar = np.full_like(seg, 1.0)
    p_bar = zeros_like(p)
    for i in reversed(range(n - 1)):
        t6 = t6_tape.pop()
        # seg[i] = np.sqrt(np.sum((p[i + 1] - p[i]) ** 2))
        t6_bar2 = take_out(seg_bar[i])
        seg_bar[i] = 0.0
        t = p[i + 1]
        t2 = p[i]
        t3_bar = 2.0 * (unbroadcast(t6_bar2 * (0.5 / t6), 0.0) * (t - t2))
        p_bar[i] += unbroadcast(-t3_bar, t2)
        p_bar[i + 1] += unbroadcast(t3_bar, t)
    return like(p_bar, p)
