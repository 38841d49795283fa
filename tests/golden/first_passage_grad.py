import numpy as np
from runtime.kernels import (like, require_plain, require_real, sequence, unbroadcast, unit,
    zeros_like)


def first_passage_grad(x, rates, level):
    """Gradient of first_passage with respect to x."""
    require_real("x", x)
    require_plain("rates{}", rates)
    x_tape = []
    stop = False
    returned = False
    items = sequence(rates)
    count = 0
    for k in range(len(items)):
        count += 1
        r = items[k]
        x_tape.append(x)
        x = x + r * np.sin(x)
        if x > level:
            result = x * x
            returned = True
            stop = True
        if stop:
            break
    if not returned:
        result = x
    result_bar = unit(result)
    if not returned:
        # return x
        x_bar = result_bar
        result_bar = 0.0
    else:
        x_bar = zeros_like(x)
    for k in reversed(range(len(items))[:count]):
        if x > level:
            # return x * x
            x_bar += 2.0 * (result_bar * x)
            result_bar = 0.0
        # x = x + r * np.sin(x)
        x = x_tape.pop()
        r = items[k]
        x_bar = unbroadcast(x_bar, x) + unbroadcast(x_bar * r * np.cos(x), x)
    return like(x_bar, x)
