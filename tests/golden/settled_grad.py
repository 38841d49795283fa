import numpy as np
import runtime
from programs import settle
from runtime.kernels import require_plain, require_real
from runtime.untouched import unchanging


def settled_grad(x):
    """Gradient of settled with respect to x."""
    require_real("x", x, arrays="x")
    y = np.exp(x)
    # dynamic: `settle` is marked with @dynamic (programs.py:61)
    z, z_pullback = runtime.vjp(unchanging(settle), y)
    require_plain("z", z, arithmetic=True)
    # return np.sum(z * z)
    z_bar = 2.0 * z
    # z = settle(y)
    y_bar = z_pullback(z_bar)[0]
    # y = np.exp(x)
    x_bar = y_bar * y
    return x_bar
