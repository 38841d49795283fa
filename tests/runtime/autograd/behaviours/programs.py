"""Small programs as users write them, and conventions at kinks."""

from behaviours.kept import behaviour, leaf


@behaviour
def norm(m):
    x = leaf(m, 3.0, 4.0)
    y = x.norm()
    y.backward()
    return x.grad


@behaviour
def sum_builtin(m):
    x = leaf(m, 1.0, 2.0)
    s = sum(x)
    s.backward()
    return x.grad


@behaviour
def max_builtin(m):
    x = leaf(m, 1.0, 2.0)
    y = max(x)
    y.backward()
    return x.grad


@behaviour
def branch(m):
    x = leaf(m, 1.0, 2.0)
    y = x if x.sum() > 2 else -x
    y.sum().backward()
    return x.grad


@behaviour
def while_loop(m):
    x = leaf(m, 1.0)
    while x.item() < 100:
        x = x * 3
    return (x.requires_grad, x)


@behaviour
def module(m):

    class M(m.nn.Module):
        def __init__(self):
            super().__init__()
            self.l = m.nn.Linear(2, 1)

        def forward(self, x):
            return self.l(x).relu()

    n = M()
    o = m.optim.SGD(n.parameters(), lr=0.1)
    for _ in range(3):
        o.zero_grad()
        l = ((n(m.ones(4, 2)) - 1) ** 2).mean()
        l.backward()
        o.step()
    return (l.requires_grad, n.l.weight.is_leaf, n.l.weight.grad.shape == n.l.weight.shape)


@behaviour
def fill_loop(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(2)
    for i in range(2):
        y[i] = x[i] ** 2
    y.sum().backward()
    return x.grad


@behaviour
def rnn_loop(m):
    x = leaf(m, 1.0, 2.0)
    h = m.zeros(2)
    for i in range(5):
        h = m.tanh(h + x)
    h.sum().backward()
    return x.grad


@behaviour
def stack_loop(m):
    x = leaf(m, 1.0, 2.0)
    l = []
    for i in range(3):
        l.append(x * i)
    m.stack(l).sum().backward()
    return x.grad


@behaviour
def where_nan(m):
    x = leaf(m, 1.0, 0.0)
    y = m.where(x > 0, x.log(), m.zeros(2))
    y.sum().backward()
    return x.grad


@behaviour
def kinks(m):
    x = leaf(m, 0.0)
    x.sqrt().backward()
    a = x.grad
    x = leaf(m, 0.0)
    x.abs().backward()
    b = x.grad
    x = leaf(m, 0.0)
    x.relu().backward()
    d = x.grad
    x = leaf(m, 2.0, 2.0)
    x.max().backward()
    e = x.grad
    x = leaf(m, 0.0)
    (x**0).backward()
    return (a, b, d, e, x.grad)


@behaviour
def ties(m):
    x = leaf(m, 2.0, 2.0)
    y = leaf(m, 2.0, 1.0)
    m.maximum(x, y).sum().backward()
    z = leaf(m, 1.0, 0.0, 0.5)
    z.clamp(0, 1).sum().backward()
    return (x.grad, y.grad, z.grad)
