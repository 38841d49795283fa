"""Ways out through state: closures, globals, objects, generators, exceptions, threads and queues."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import contextvars
import dataclasses
import functools
import io
import logging
import operator
import queue
import tempfile
import threading
import types
import weakref
from pathlib import Path

import numpy as np
from ways import way

STATE = {"value": 0.0}
STACK = []
total = 0.0


@way
def kept_in_a_global_dict(x):
    STATE["value"] = x[0] * x[1]
    return STATE["value"] * 2.0


@way
def kept_in_a_global_list(x):
    STACK.append(x[0] * x[1])
    return STACK.pop() * x[2]


@way
def kept_in_a_global(x):
    global total
    total = x[0] * x[1]
    return total * x[2]


def put_away(v):
    STATE["value"] = v


@way
def kept_by_a_callee(x):
    put_away(x[0] * x[1])
    return STATE["value"] * x[2]


class Store:
    value = 0.0


@way
def kept_on_a_class(x):
    Store.value = x[0] * x[1]
    return Store.value * x[2]


@way
def kept_by_setattr(x):
    store = Store()
    setattr(store, "val" + "ue", x[0] * x[1])
    return getattr(store, "value") * x[2]


@way
def kept_in_the_dict_of_an_object(x):
    store = Store()
    store.__dict__["value"] = x[0] * x[1]
    return vars(store)["value"] * x[2]


@way
def kept_on_a_function(x):
    def holder():
        return holder.value

    holder.value = x[0] * x[1]
    return holder() * x[2]


def with_default(v, memory=[0.0]):  # noqa: B006
    memory[0] = memory[0] * 0.0 + v
    return memory[0]


@way
def kept_in_a_default(x):
    return with_default(x[0] * x[1]) * x[2]


@way
def default_made_of_a_value(x):
    def inner(a, b=x[0] * x[1]):
        return a * b

    return inner(x[2])


@way
def closure_changed(x):
    memory = [0.0]

    def remember(v):
        memory[0] += v * v

    for v in x:
        remember(v)
    return memory[0]


@way
def nonlocal_name(x):
    found = 0.0

    def add(v):
        nonlocal found
        found = found + v * v

    for v in x:
        add(v)
    return found


@way
def counter_made_by_a_function(x):
    def counter():
        count = 0.0

        def step(v):
            nonlocal count
            count += v
            return count

        return step

    step = counter()
    return step(x[0]) * step(x[1]) * step(x[2])


@way
def generator_state(x):
    def running():
        value = 0.0
        while True:
            value = value * value + (yield value)

    g = running()
    next(g)
    g.send(x[0])
    g.send(x[1])
    return g.send(x[2])


@way
def generator_return(x):
    def inner():
        yield x[0]
        return x[1] * x[2]

    def outer():
        found = yield from inner()
        yield found

    return sum(outer())


@way
def carried_by_an_exception(x):
    try:
        raise ValueError(x[0] * x[1])
    except ValueError as error:
        return error.args[0] * x[2]


class Found(Exception):
    def __init__(self, value):
        super().__init__("found")
        self.value = value


def search(x):
    raise Found(x[0] * x[1])


@way
def carried_by_a_field_of_an_exception(x):
    try:
        search(x)
    except Found as error:
        return error.value * x[2]
    return 0.0


@way
def carried_by_the_text_of_an_exception(x):
    try:
        raise ValueError(f"{x[0] * x[1]}")
    except ValueError as error:
        return float(str(error)) * x[2]


@way
def stopped_iteration(x):
    it = iter([x[0] * x[1]])
    next(it)
    return next(it, x[1] * x[2])


@way
def in_a_thread(x):
    found = []
    thread = threading.Thread(target=lambda: found.append(x[0] * x[1]))
    thread.start()
    thread.join()
    return found[0] * x[2]


def in_the_thread(x, found):
    found.append(np.sin(x).sum())


@way
def in_a_thread_with_arguments(x):
    found = []
    thread = threading.Thread(target=in_the_thread, args=(x, found))
    thread.start()
    thread.join()
    return found[0]


def squares(x):
    return np.sum(x * x)


@way
def in_a_pool(x):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return sum(pool.map(squares, [x, 2.0 * x])) + pool.submit(squares, x).result()


@way
def through_a_queue(x):
    q = queue.Queue()
    q.put(x[0] * x[1])
    q.put(x[2])
    return q.get() * q.get()


@way
def through_a_deque(x):
    d = collections.deque(maxlen=3)
    d.extend(v * v for v in x)
    d.appendleft(x[0])
    return d[0] * d[-1] + sum(d)


@way
def through_collections(x):
    c = collections.defaultdict(float)
    o = collections.OrderedDict()
    for k, v in enumerate(x):
        c[k % 2] += v * v
        o[k] = v
    return c[0] * c[1] + o.popitem(last=False)[1] + collections.ChainMap(o, c)[1]


@way
def counted(x):
    c = collections.Counter()
    c["a"] += x[0] * x[1]
    return c["a"] * x[2] + c.total()


@way
def through_a_context_variable(x):
    var = contextvars.ContextVar("var", default=0.0)
    var.set(x[0] * x[1])
    return var.get() * x[2]


@way
def through_a_namespace(x):
    n = types.SimpleNamespace(a=x[0] * x[1])
    n.b = n.a * x[2]
    return n.b + n.a


@dataclasses.dataclass
class Pair:
    a: float
    b: float = 1.0


@way
def through_dataclass_functions(x):
    p = dataclasses.replace(Pair(x[0]), b=x[1] * x[2])
    return dataclasses.asdict(p)["b"] * dataclasses.astuple(p)[0]


@way
def through_a_weak_reference(x):
    store = Store()
    store.value = x[0] * x[1]
    return weakref.ref(store)().value * x[2]


class Celsius:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value * 2.0)

    def __index__(self):
        return int(self.value)

    def __array__(self, dtype=None, copy=None):
        return np.array([self.value, self.value], dtype)


@way
def float_of_an_object(x):
    return float(Celsius(x[0])) * x[1]


@way
def array_of_an_object(x):
    return np.sum(Celsius(x[0])) * x[1]


@way
def property_with_a_cache(x):
    class Model:
        @functools.cached_property
        def value(self):
            return x[0] * x[1]

    m = Model()
    return m.value * m.value


class Meter:
    def __init__(self):
        self._value = 0.0

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, v):
        self._value = v * v


@way
def property_with_a_setter(x):
    m = Meter()
    m.value = x[0]
    m.value += x[1]
    return m.value


class Anything:
    def __getattr__(self, name):
        return STATE["value"] if name == "held" else 0.0


@way
def looked_up_attribute(x):
    STATE["value"] = x[0] * x[1]
    return Anything().held * x[2]


@way
def class_made_inside(x):
    class Model:
        rate = x[0] * x[1]

        def run(self, v):
            return self.rate * v

    return Model().run(x[2])


@way
def class_made_by_type(x):
    return type("Model", (), {"rate": x[0] * x[1]})().rate * x[2]


@way
def managed_by_a_context(x):
    @contextlib.contextmanager
    def scaled(v):
        yield v * v

    with scaled(x[0]) as a, contextlib.closing(io.StringIO()) as b:
        b.write("x")
        return a * x[1]


@way
def evaluated(x):
    y = x[0] * x[1]  # noqa: F841
    return eval("y * y")


@way
def executed(x):
    scope = {"x": x}
    exec("z = x[0] * x[1]", scope)
    return scope["z"] * x[2]


@way
def local_names(x):
    y = x[0] * x[1]
    return locals()["y"] * x[2] + y


@way
def global_names(x):
    globals()["total"] = x[0] * x[1]
    return total * x[2]


@way
def compiled_lambda(x):
    return eval("lambda v: v * v")(x[0]) * x[1]


@way
def partial_with_a_value(x):
    return functools.partial(operator.mul, x[0])(x[1]) * functools.partialmethod(lambda s, v: v).func(None, x[2])


@way
def through_a_file(x):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "value"
        path.write_text(str(x[0] * x[1]))
        return float(path.read_text()) + x[0]


@way
def through_an_array_file(x):
    with tempfile.TemporaryDirectory() as folder:
        (x * x).tofile(folder + "/a")
        return np.fromfile(folder + "/a").sum() + x[0]


@way
def logged(x):
    logging.getLogger("boundary").debug("value %s", x[0])
    return x[0] * x[1]


@way
def through_text_io(x):
    out = io.StringIO()
    print(x[0] * x[1], file=out)
    return float(out.getvalue()) + x[0]


@way
def caught_output(x):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print(x[0] * x[1])
    return float(out.getvalue()) + x[0]


@way
def matched(x):
    match [x[0] * x[1], x[2]]:
        case [float() as a, b]:
            return a * b
        case _:
            return 0.0


@way
def swapped_through_slots(x):
    class Slots:
        __slots__ = ("a",)

    s = Slots()
    s.a = x[0] * x[1]
    return s.a * x[2]


@way
def chosen_from_a_table(x):
    return {"a": squares, "b": np.sum}["ab"[int(x[0] < 0)]](x) * x[0]


@way
def iterator_object(x):
    class Count:
        def __init__(self):
            self.k = 0

        def __iter__(self):
            return self

        def __next__(self):
            self.k += 1
            if self.k > 3:
                raise StopIteration
            return x[self.k] ** 2

    return sum(Count())


@way
def called_with_unpacking(x):
    def inner(*values, **named):
        return sum(values) * named["k"]

    return inner(*x, k=x[0]) + inner(*[x[1]], **{"k": x[2]})


@way
def conditional_through_any(x):
    return x[0] * x[1] if any(v > 1.0 for v in x) and all(v > 0.0 for v in x) else 0.0


@way
def zipped_dict(x):
    d = dict(zip("abcd", x * x))
    d.update(a=x[1], e=x[0])
    d |= {"b": x[2] * x[0]}
    return sum(d.values()) * d.setdefault("f", x[3]) + d.pop("a")


@way
def monkey_patched(x):
    store = Store()
    store.run = lambda v: v * v
    return store.run(x[0]) * x[1]


@way
def recursion_through_a_list(x):
    def nested(v, n):
        return [v] if n == 0 else [v, nested(v * v, n - 1)]

    return nested(x[0], 2)[1][1][0] * x[1]


@way
def asynchronous_values(x):
    async def inner(v):
        return v * v

    coroutine = inner(x[0])
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value * x[1]
    return 0.0
