"""Programs that keep their state in places of many kinds: buffers, optimizers, simulations, queues, views."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from catalogue import program


def vector():
    return np.array([0.3, -0.7, 1.1, 0.5])


def matrix():
    return np.array([[0.3, 0.4, 0.5, -0.2], [0.6, 0.7, 0.9, 0.1], [-0.4, 0.2, 0.8, 1.3]])


@program(lambda: (vector(),))
def momentum_in_place(w):
    params = {"w": w.copy(), "u": w * 2}
    momenta = {name: np.zeros_like(value) for name, value in params.items()}
    for _ in range(3):
        slopes = {"w": 2 * params["w"] * params["u"], "u": np.cos(params["w"])}
        for name in params:
            momenta[name] *= 0.9
            momenta[name] += slopes[name]
            params[name] -= 0.1 * momenta[name]
    return np.sum(params["w"] * params["u"])


class Optimizer:
    """Changes arrays that are known by other names outside."""

    def __init__(self, params, rate):
        self.params = params
        self.rate = rate
        self.momenta = [np.zeros_like(p) for p in params]

    def step(self, slopes):
        for p, g, v in zip(self.params, slopes, self.momenta):
            v *= 0.5
            v += g
            p -= self.rate * v


@program(lambda: (vector(),))
def optimizer_of_arrays(x):
    a = x.copy()
    b = x * 2.0
    optimizer = Optimizer([a, b], 0.1)
    for _ in range(3):
        optimizer.step([2 * a * b, a**2])
    return np.sum(a * b)


@program(lambda: (vector(),))
def two_buffers_change_places(x):
    a = x * 1.0
    b = np.zeros_like(a)
    for _ in range(5):
        b[1:-1] = a[1:-1] + 0.1 * (a[2:] - 2 * a[1:-1] + a[:-2])
        b[0] = a[0] * 0.9
        b[-1] = a[-1] ** 2
        a, b = b, a
    return np.sum(a * np.arange(4.0))


@program(lambda: (vector(),))
def ring_buffer(x):
    buffer = np.zeros(3)
    total = 0.0
    for t in range(7):
        buffer[t % 3] = x[t % 4] * (1 + total)
        total += np.sin(np.sum(buffer)) * 0.1
    return total * buffer[0]


@program(lambda: (vector(),))
def queue_of_numbers(x):
    queue = [x[0], x[1]]
    out = 0.0
    n = 0
    while len(queue) > 0:
        a = queue.pop(0)
        out += a * a
        n += 1
        if n < 3:
            queue.append(a * x[2])
            queue.append(x[3] * out)
    return out


@program(lambda: (vector(),))
def bounded_queue(x):
    queue = deque(maxlen=3)
    s = 0.0
    for k in range(6):
        queue.append(x[k % 4] * (k + 1))
        s += sum(queue) * queue[0]
    return s


@dataclass
class State:
    place: np.ndarray
    speed: np.ndarray
    time: float = 0.0
    log: list = field(default_factory=list)


@program(lambda: (vector(),))
def state_changed_in_place(x):
    s = State(x.copy(), np.zeros(4))
    for _ in range(3):
        s.speed -= 0.1 * s.place
        s.place += 0.1 * s.speed
        s.speed[0] *= 0.5
        s.place[1] = s.place[0] * s.speed[2]
        s.log.append(np.sum(s.place))
    return np.sum(s.place * s.speed) * s.log[1]


def advance(s, dt):
    s.speed -= dt * s.place
    s.place += dt * s.speed
    s.time += dt


@program(lambda: (vector(),))
def state_changed_by_a_function(x):
    s = State(x.copy(), x * 2.0)
    for _ in range(3):
        advance(s, 0.1)
    return np.sum(s.place) * s.time


@program(lambda: (matrix(),))
def layers_read_each_other(x):
    layers = [x[0].copy(), x[1].copy(), x[2].copy()]
    for _ in range(3):
        for i, w in enumerate(layers):
            w *= 0.9
            w += 0.1 * layers[(i + 1) % 3]
    return np.sum(layers[0] * layers[1] * layers[2])


@program(lambda: (matrix(),))
def list_of_rows(x):
    y = x * 1.0
    rows = [y[i] for i in range(3)]
    rows[0][1] = rows[1][2] * 2
    rows[2] += rows[0]
    y[1] *= y[2]
    return sum(np.sum(r * r) for r in rows)


@program(lambda: (vector(),), note="all entries are one array")
def history_without_copies(x):
    y = x.copy()
    history = []
    for k in range(3):
        history.append(y)
        y[k] = np.sin(y[k]) * y[3]
    return np.sum(history[0] * history[1]) + np.sum(history[2])


@program(lambda: (vector(),))
def nested_parameters(x):
    params = {"first": {"w": x * 1.0, "b": x[0]}, "second": {"w": x * 2.0, "b": x[1]}}
    for layer in params.values():
        layer["w"] = layer["w"] * layer["b"]
        layer["b"] += np.sum(layer["w"])
    return np.sum(params["first"]["w"] * params["second"]["w"]) + params["second"]["b"]


@program(lambda: (vector(),))
def views_of_views(x):
    y = x * 1.0
    a = y[:3]
    b = a[1:]
    b *= 2.0
    a[0] = b[0]
    y[3] = a[2] * b[1]
    return np.sum(y * y) + np.sum(a * a * a) + np.sum(b)


@program(lambda: (matrix(),))
def written_through_a_flat_view(m):
    a = m.copy()
    f = a.ravel()
    f[3] = f[0] * 2
    f *= 1.5
    return np.sum(a**2)


@program(lambda: (vector(),))
def old_name_of_a_new_array(x):
    y = x.copy()
    n = 0
    while np.sum(y * y) > 0.5 and n < 8:
        z = y
        y = y * 0.8
        z[0] = 5.0
        n += 1
        y[1] += 0.01 * z[2]
    return np.sum(y)


@program(lambda: (vector(),))
def sum_appended_again_and_again(x):
    sums = []
    total = np.zeros(4)
    for k in range(3):
        total += x * (k + 1)
        sums.append(total)
    return np.sum(sums[0] * sums[2])


@program(lambda: (vector(),))
def results_written_in_place(x):
    y = np.empty_like(x)
    np.multiply(x, x, out=y)
    np.sin(y, out=y)
    z = y
    np.add(y, x, out=y)
    return np.sum(z * y)


class Holder:
    """Holds one list under a name of its own."""

    def __init__(self):
        self.values = []
        self.named = {}


@program(lambda: (vector(),))
def list_of_an_object_grows_under_two_names(x):
    holder = Holder()
    items = [x[0] * x[1]]
    holder.values = items
    for k in range(3):
        holder.values.append(x[k] * items[-1])
    return sum(items) * holder.values[-1]


@program(lambda: (vector(),), may_refuse=True, note="a field multiplied in place while its array has another name")
def field_updated_under_two_names(x):
    state = State(x * 1.0, x * 2.0)
    place = state.place
    state.place *= 2.0
    return np.sum(place * state.place)
