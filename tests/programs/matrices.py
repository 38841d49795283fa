"""Linear algebra as people write it: factorisations, solvers, iterations, and what is built on them."""

import functools

import numpy as np
from catalogue import program


def spd(n=4):
    a = np.sin(np.arange(n * n) ** 2.0).reshape(n, n)
    return a @ a.T + n * np.eye(n)


@program(lambda: (np.array([1.0, 1.4, 1.1, 0.7, 0.9]), 0.05, 0.2), wrt=(0, 1, 2))
def kalman_likelihood(z, q, r):
    F = np.array([[1.0, 1.0], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    x = np.zeros(2)
    P = np.eye(2)
    total = 0.0
    for k in range(len(z)):
        x = F @ x
        P = F @ P @ F.T + q * np.eye(2)
        S = H @ P @ H.T + r
        innovation = z[k] - H @ x
        K = P @ H.T / S[0, 0]
        x = x + K @ innovation
        P = (np.eye(2) - K @ H) @ P
        total += 0.5 * (innovation[0] ** 2 / S[0, 0] + np.log(2 * np.pi * S[0, 0]))
    return total


@program(lambda: (spd() + np.triu(np.ones((4, 4))), np.array([1.0, -2.0, 0.5, 3.0])), wrt=(0, 1))
def lu_solve(a, b):
    n = len(b)
    lu = a.copy()
    for k in range(n - 1):
        for i in range(k + 1, n):
            lu[i, k] = lu[i, k] / lu[k, k]
            for j in range(k + 1, n):
                lu[i, j] -= lu[i, k] * lu[k, j]
    y = b.copy()
    for i in range(n):
        for j in range(i):
            y[i] -= lu[i, j] * y[j]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            y[i] -= lu[i, j] * y[j]
        y[i] /= lu[i, i]
    return np.sum(y * y)


@program(lambda: (np.array([[0.1, 2.0, 1.0], [1.0, 0.3, 0.2], [4.0, 1.0, 3.0]]), np.array([1.0, 2.0, 3.0])), wrt=(0, 1))
def gauss_with_pivoting(a, b):
    n = len(b)
    m = np.concatenate([a, b[:, None]], axis=1)
    for k in range(n):
        p = k + int(np.argmax(np.abs(m[k:, k])))
        if p != k:
            m[[k, p]] = m[[p, k]]
        for i in range(k + 1, n):
            m[i, k:] -= m[i, k] / m[k, k] * m[k, k:]
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (m[i, n] - m[i, i + 1 : n] @ x[i + 1 :]) / m[i, i]
    return np.sum(x**2)


@program(lambda: (spd(),))
def cholesky_logdet(a):
    n = a.shape[0]
    L = np.zeros_like(a)
    for j in range(n):
        s = a[j, j]
        for k in range(j):
            s -= L[j, k] ** 2
        L[j, j] = np.sqrt(s)
        for i in range(j + 1, n):
            s = a[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            L[i, j] = s / L[j, j]
    return 2.0 * np.sum(np.log(np.diag(L)))


@program(lambda: (np.linspace(-1.0, 1.5, 12).reshape(4, 3) ** 3 + np.eye(4, 3),))
def gram_schmidt(a):
    m, n = a.shape
    q = np.zeros((m, n))
    r = np.zeros((n, n))
    for j in range(n):
        v = a[:, j].copy()
        for i in range(j):
            r[i, j] = q[:, i] @ a[:, j]
            v -= r[i, j] * q[:, i]
        r[j, j] = np.sqrt(v @ v)
        q[:, j] = v / r[j, j]
    return np.sum(np.abs(np.diag(r))) + np.sum(q[0] ** 3)


@program(lambda: (np.array([1.0, 0.5]),))
def newton_system(p):
    x = np.array([1.0, 1.0])
    for _ in range(8):
        f = np.array([x[0] ** 2 + x[1] - p[0] * 3.0, x[0] * x[1] - p[1]])
        J = np.array([[2.0 * x[0], 1.0], [x[1], x[0]]])
        x = x - np.linalg.solve(J, f)
    return x[0] * 2.0 + x[1] ** 2


@program(lambda: (spd(), np.array([1.0, -2.0, 0.5, 3.0])), wrt=(0, 1))
def conjugate_gradient(A, b):
    x = np.zeros_like(b)
    r = b - A @ x
    p = r
    rr = r @ r
    for _ in range(len(b)):
        Ap = A @ p
        alpha = rr / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        new = r @ r
        if new < 1e-20:
            break
        p = r + (new / rr) * p
        rr = new
    return x @ x


@program(lambda: (np.array([[4.0, 1.0, 0.2], [1.0, 3.0, 0.5], [0.2, 0.5, 2.0]]),))
def power_iteration(A):
    v = np.ones(A.shape[0])
    for _ in range(30):
        v = A @ v
        v = v / np.linalg.norm(v)
    return v @ A @ v


@program(
    lambda: (np.array([4.0, 4.2, 4.1, 4.5]), np.array([1.0, 0.9, 1.1]), np.array([0.8, 1.0, 0.7]), np.ones(4)),
    wrt=(0, 1, 2, 3),
)
def thomas(diagonal, lower, upper, rhs):
    n = len(diagonal)
    c = np.zeros(n - 1)
    d = np.zeros(n)
    c[0] = upper[0] / diagonal[0]
    d[0] = rhs[0] / diagonal[0]
    for i in range(1, n):
        w = diagonal[i] - lower[i - 1] * c[i - 1]
        if i < n - 1:
            c[i] = upper[i] / w
        d[i] = (rhs[i] - lower[i - 1] * d[i - 1]) / w
    x = np.zeros(n)
    x[-1] = d[-1]
    for i in range(n - 2, -1, -1):
        x[i] = d[i] - c[i] * x[i + 1]
    return np.sum(x**2)


@program(lambda: (np.array([0.0, 0.8, 0.3, 0.9]), 1.4), wrt=(0, 1))
def natural_cubic_spline(y, t):
    n = len(y)
    a = np.zeros((n, n))
    r = np.zeros(n)
    a[0, 0] = 1.0
    a[n - 1, n - 1] = 1.0
    for i in range(1, n - 1):
        a[i, i - 1 : i + 2] = [1.0, 4.0, 1.0]
        r[i] = 6.0 * (y[i + 1] - 2.0 * y[i] + y[i - 1])
    m = np.linalg.solve(a, r)
    k = min(int(t), n - 2)
    s = t - k
    return m[k] * (1 - s) ** 3 / 6 + m[k + 1] * s**3 / 6 + (y[k] - m[k] / 6) * (1 - s) + (y[k + 1] - m[k + 1] / 6) * s


@program(lambda: (np.array([0.5, 0.4]), np.linspace(-1.0, 1.0, 5)), wrt=(0, 1))
def gaussian_process_likelihood(log_theta, x):
    scale, noise = np.exp(log_theta)
    y = np.sin(3.0 * x)
    K = scale * np.exp(-0.5 * (x[:, None] - x[None, :]) ** 2 / 0.25) + noise * np.eye(len(x))
    sign, logdet = np.linalg.slogdet(K)
    return 0.5 * y @ np.linalg.solve(K, y) + 0.5 * logdet


@program(lambda: (np.array([0.2, 0.5, 0.1]), np.array([[0, 1], [1, 2], [2, 0], [0, 2]])))
def page_rank(w, edges):
    n = 3
    A = np.zeros((n, n))
    for i, j in edges:
        A[j, i] += w[i] + 0.1 * w[j]
    A = A / A.sum(axis=0)
    v = np.ones(n) / n
    for _ in range(10):
        v = 0.85 * A @ v + 0.05
    return v @ np.array([1.0, 2.0, 3.0])


@program(lambda: (np.sin(np.arange(12.0) ** 1.3), np.linspace(1.0, 0.2, 7)), wrt=(0, 1))
def smoothing_by_frequencies(signal, damping):
    spectrum = np.fft.rfft(signal)
    smooth = np.fft.irfft(spectrum * damping, len(signal))
    rough = np.real(spectrum) ** 2 + np.imag(spectrum) ** 2
    return np.sum((smooth - signal) ** 2) + 0.01 * np.sum(rough * np.arange(7.0))


@program(lambda: (np.cos(np.arange(20.0) ** 1.5).reshape(4, 5),))
def blur_in_the_plane(image):
    kernel = np.exp(-np.arange(20.0).reshape(4, 5) / 6.0)
    blurred = np.real(np.fft.ifft2(np.fft.fft2(image) * np.fft.fft2(kernel)))
    return np.sum(np.fft.fftshift(blurred) ** 3)


@program(lambda: (np.sin(np.arange(15.0) ** 1.2).reshape(5, 3) + np.eye(5, 3), np.cos(np.arange(5.0))), wrt=(0, 1))
def least_squares_three_ways(a, b):
    q, r = np.linalg.qr(a)
    by_qr = np.linalg.solve(r, q.T @ b)
    by_pinv = np.linalg.pinv(a) @ b
    return np.sum(by_qr * by_pinv) + np.sum(np.log(np.linalg.svdvals(a)))


@program(lambda: (spd(3), np.array([0.4, -0.3, 0.9])), wrt=(0, 1), note="the cotangent of a column stretched in a sum")
def column_stretched_in_a_difference(m, y):
    return np.sum(y - abs(m[:, 1:2]))


@program(lambda: (np.array([[0.4, -1.0, 0.3], [1.2, 0.5, -0.7]]),), note="an axis given to a method by position")
def centred_by_method(x):
    return np.sum((x - x.mean(0)) ** 4 + (x - x.sum(1)[:, None]) ** 3 + (x - x.std(0)) ** 2)


@program(lambda: (np.array([0.4, -1.0, 0.3]),), note="a total by method")
def centred_by_total(x):
    return np.sum((x - x.mean()) ** 4 * x.sum())


@program(lambda: (np.linspace(-1.0, 1.3, 12).reshape(3, 2, 2), np.array([0.2, 0.5, -0.4])), wrt=(0, 1))
def determinants_of_a_stack(x, w):
    return np.sum((w - np.linalg.det(x)) ** 3) + np.sum((w[:2] - np.trace(x)) ** 3)


def _decomposed(a, values_only=False):
    if values_only:
        return np.linalg.svdvals(a)
    return np.linalg.svdvals(a), 2.0 * np.transpose(a), np.sum(a, axis=1), np.sort(a, axis=0)


@program(lambda: (np.array([[0.4, -1.0, 0.3], [1.2, 0.5, -0.7]]),), note="most results of a call are not used")
def one_result_of_four(x):
    _, turned, _, _ = _decomposed(x)
    values, _, sums, _ = _decomposed(turned @ x)
    return values[0] + np.sum(sums**3)


@program(lambda: (np.array([[0.4, -1.0, 0.3], [1.2, 0.5, -0.7], [0.1, 0.2, 0.9]]),))
def right_singular_vectors(x):
    _, _, vt = np.linalg.svd(x, full_matrices=False)
    return np.sum((x @ vt[:2].T) ** 2 * np.array([1.0, 2.0]))


@program(lambda: (np.array([2.0, 1.0, 3.0]), np.array([0.5, 0.1, -0.3])), wrt=(0, 1))
def assembled_stiffness(stiffness, load):
    """A bar of finite elements: `np.add.at` is no method that changes `np`, and `np.linalg` is still a module."""
    nodes = len(stiffness) + 1
    matrix = np.zeros((nodes, nodes))
    for e in range(len(stiffness)):
        places = np.array([e, e + 1])
        np.add.at(matrix, np.ix_(places, places), stiffness[e] * np.array([[1.0, -1.0], [-1.0, 1.0]]))
    free = np.arange(1, nodes)
    u = np.zeros(nodes)
    u[free] = np.linalg.solve(matrix[np.ix_(free, free)], load)
    return 0.5 * u @ matrix @ u + np.sum(np.sort(load, axis=0)[1:])


@program(lambda: (np.array([[0.4, -1.0, 0.3], [1.2, 0.5, -0.7]]),), note="lists where NumPy makes arrays of them")
def lists_for_arrays(x):
    centre = np.mean([x[0], 2.0 * x[1], x[0] * x[1]], axis=0)
    largest = np.max([x[0, 0], x[1, 0], 0.3])
    return np.prod([centre[0], largest]) * np.dot([x[0, 1], 1.0], x[:, 2]) + np.sum(np.sin([v * v for v in x[1]]))


@program(lambda: (np.array([0.3, -0.6]),), lambda: (np.array([0.3, -0.6]),), name="product_with_what_is_given")
@functools.partial(functools.partial, given=np.array([1.5, 0.4]))
def _product_with_what_is_given(x, given):
    return np.dot(x, given) ** 2 + np.dot(given, x)


@program(lambda: (np.array([0.5, -0.7, 1.2]), np.array([[0.4, -1.0, 0.3], [1.2, 0.5, -0.7]])), wrt=(0, 1))
def powers_and_columns(x, m):
    return np.sum(np.vander(x, 3) ** 3) + np.sum(m.flatten("F") * np.arange(6.0) * m.flatten())


@program(lambda: (np.array([0.9, 0.7, -0.4]),), note="the parts of a factorization by number, in a loop")
def parts_of_a_factorization(x):
    a = np.arange(12.0).reshape(4, 3) + 9.0 * np.eye(4, 3)
    parts = np.linalg.qr(a * x[0] + np.sin(a) * x[1])
    total = 0.0
    for part in parts:
        total = total + np.sum(np.sin(part))
    return total * total * x[2]
