import numpy as np
from runtime.kernels import like, require_real, unit, zeros_like


def pendulum_grad(theta, omega, n):
    """Gradient of pendulum with respect to theta."""
    require_real("theta", theta, arrays="theta")
    theta_tape = []
    for _ in range(n):
        omega = omega - 0.05 * np.sin(theta)
        theta_tape.append(theta)
        theta = theta + 0.05 * omega
    theta_bar = unit(theta)
    omega_bar = zeros_like(omega)
    for _ in reversed(range(n)):
        # theta = theta + 0.05 * omega
        theta = theta_tape.pop()
        omega_bar += 0.05 * theta_bar
        # omega = omega - 0.05 * np.sin(theta)
        theta_bar = theta_bar - 0.05 * omega_bar * np.cos(theta)
    return like(theta_bar, theta)
