"""Element types: what operations make of them, and complex gradients."""

from behaviours.kept import behaviour, leaf


@behaviour
def complex_grad(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    y = z * z * (2 - 1j)
    L = (y.real**2 + 3 * y.imag).sum()
    L.backward()
    return z.grad


@behaviour
def complex_abs(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    (z * (2 + 1j)).abs().sum().backward()
    return z.grad


@behaviour
def complex_seed(m):
    z = m.tensor([1 + 2j], requires_grad=True)
    y = z * (2 + 3j)
    y.backward(m.tensor([1j]))
    return z.grad


@behaviour
def complex_second(m):
    z = m.tensor([1 + 2j], requires_grad=True)
    L = (z * z).abs().pow(2).sum()
    (g,) = m.autograd.grad(L, z, create_graph=True)
    return (g, m.autograd.grad((g.real + 2 * g.imag).sum(), z))


@behaviour
def cast(m):
    x = leaf(m, 2.0, 3.0)
    y = x.double()
    y.sum().backward()
    return (x.grad, str(x.grad.dtype))


@behaviour
def mixed_dtype(m):
    x = leaf(m, 2.0, 3.0)
    w = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    (x * w).sum().backward()
    return (str(x.grad.dtype), str(w.grad.dtype), x.grad, w.grad)


@behaviour
def mixed_0_d(m):
    x = leaf(m, 2.0, 3.0)
    s = m.tensor(2.0, dtype=m.float64, requires_grad=True)
    y = x * s
    y.sum().backward()
    return (str(y.dtype), str(s.grad.dtype), s.grad, x.grad)
