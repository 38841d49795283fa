import numpy as np
from runtime.kernels import like, require_real, saved, unbroadcast, unit, zeros_like


def pendulum_grad_grad(theta, omega, n):
    """Gradient of pendulum_grad with respect to theta."""
    require_real("theta", theta)
    omega_tape = []
    theta_tape2 = []
    omega_bar_tape = []
    theta_bar_tape = []
    t6_tape = []
    require_real("theta", theta, arrays="theta")
    theta_tape = []
    for _ in range(n):
        omega_tape.append(omega)
        omega = omega - 0.05 * np.sin(theta)
        theta_tape.append(theta)
        theta_tape2.append(theta)
        theta = theta + 0.05 * omega
    theta_bar = unit(theta)
    omega_bar = zeros_like(omega)
    for _ in reversed(range(n)):
        theta_tape2.append(theta)
        theta = theta_tape.pop()
        omega_bar_tape.append(saved(omega_bar))
        omega_bar += 0.05 * theta_bar
        t6 = np.cos(theta)
        theta_bar_tape.append(theta_bar)
        theta_bar = theta_bar - 0.05 * omega_bar * t6
        t6_tape.append(t6)
        theta_tape2.append(theta)
    # return like(theta_bar, theta)
    theta_bar_bar = unit(like(theta_bar, theta))
    omega_bar_bar = 0.0
    theta_tape_bar = zeros_like(theta_tape)
    for _ in range(n):
        theta = theta_tape2.pop()
        t6 = t6_tape.pop()
        # theta_bar = theta_bar - 0.05 * omega_bar * np.cos(theta)
        theta_bar = theta_bar_tape.pop()
        t7_bar = -theta_bar_bar
        theta_bar2 = unbroadcast(-(0.05 * (t7_bar * omega_bar) * np.sin(theta)), theta)
        omega_bar_bar = omega_bar_bar + unbroadcast(0.05 * (t7_bar * t6), omega_bar)
        # omega_bar += 0.05 * theta_bar
        omega_bar = omega_bar_tape.pop()
        t4_bar = unbroadcast(omega_bar_bar, theta_bar)
        omega_bar_bar = unbroadcast(omega_bar_bar, omega_bar)
        theta_bar_bar = unbroadcast(theta_bar_bar, theta_bar) + 0.05 * t4_bar
        # theta = theta_tape.pop()
        theta_tape_bar.append(theta_bar2)
        theta = theta_tape2.pop()
    # omega_bar = zeros_like(omega)
    omega_bar2 = zeros_like(omega)
    theta_bar2 = zeros_like(theta)
    for _ in reversed(range(n)):
        # theta = theta + 0.05 * omega
        theta = theta_tape2.pop()
        omega_bar2 = omega_bar2 + 0.05 * theta_bar2
        # theta_tape.append(theta)
        theta_bar2 = unbroadcast(theta_bar2, theta) + theta_tape_bar.pop()
        # omega = omega - 0.05 * np.sin(theta)
        omega = omega_tape.pop()
        t2_bar = -omega_bar2
        omega_bar2 = unbroadcast(omega_bar2, omega)
        theta_bar2 += unbroadcast(0.05 * t2_bar * np.cos(theta), theta)
    return like(theta_bar2, theta)
