"""Grad mode, inference mode and anomaly mode: nested, left by errors, in other threads."""

import threading

from behaviours.kept import behaviour, leaf


def in_a_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


@behaviour
def modes_nest(m):
    log = []
    with m.no_grad():
        log.append(m.is_grad_enabled())
        with m.enable_grad():
            log.append(m.is_grad_enabled())
            with m.no_grad():
                log.append(m.is_grad_enabled())
            log.append(m.is_grad_enabled())
        log.append(m.is_grad_enabled())
    log.append(m.is_grad_enabled())
    return log


@behaviour
def mode_after_an_error(m):
    try:
        with m.no_grad():
            raise ValueError
    except ValueError:
        pass
    return m.is_grad_enabled()


@behaviour
def set_grad_enabled_as_a_block(m):
    log = []
    with m.set_grad_enabled(False):
        log.append(m.is_grad_enabled())
        with m.set_grad_enabled(True):
            log.append(m.is_grad_enabled())
        log.append(m.is_grad_enabled())
    return [*log, m.is_grad_enabled()]


@behaviour
def set_grad_enabled_as_a_decorator(m):
    @m.set_grad_enabled(False)
    def f():
        return m.is_grad_enabled()

    return f(), m.is_grad_enabled()


@behaviour
def mode_objects_are_used_again(m):
    mode = m.no_grad()
    log = []
    for _ in range(2):
        with mode:
            log.append(m.is_grad_enabled())
        log.append(m.is_grad_enabled())
    return log


@behaviour
def decorated_recursion(m):
    @m.no_grad()
    def f(n):
        return [m.is_grad_enabled()] + (f(n - 1) if n else [])

    return f(2), m.is_grad_enabled()


@behaviour
def decorator_keeps_the_name(m):
    @m.no_grad()
    def compute(x):
        """Doc."""
        return x

    return compute.__name__, compute.__doc__


@behaviour
def mode_of_another_thread(m):
    with m.no_grad():
        return in_a_thread(m.is_grad_enabled), m.is_grad_enabled()


@behaviour
def mode_set_in_another_thread(m):
    in_a_thread(lambda: m.set_grad_enabled(False))
    return m.is_grad_enabled()


@behaviour
def inference_in_another_thread(m):
    with m.inference_mode():
        return in_a_thread(m.is_inference_mode_enabled)


@behaviour
def saved_tensors_hooks_of_another_thread(m):
    log = []
    x = leaf(m, 1.0)
    with m.autograd.graph.saved_tensors_hooks(lambda t: log.append(1) or t, lambda t: t):
        in_a_thread(lambda: (x * x).backward())
    return len(log), x.grad


@behaviour
def graph_made_in_another_thread(m):
    x = leaf(m, 1.0, 2.0)
    y = in_a_thread(lambda: (x * x).sum())
    y.backward()
    return x.grad


@behaviour
def threads_with_graphs_of_their_own(m):
    leaves = [leaf(m, float(k), 1.0) for k in range(4)]

    def run(x):
        for _ in range(20):
            (x * x).sum().backward()

    threads = [threading.Thread(target=run, args=(x,)) for x in leaves]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return [x.grad for x in leaves]


@behaviour
def error_in_a_thread_stays_there(m):
    x = leaf(m, 1.0)

    def run():
        try:
            y = (x * x).sum()
            y.backward()
            y.backward()
        except RuntimeError:
            return "refused"

    return in_a_thread(run), x.grad


@behaviour
def inference_nests(m):
    log = []
    with m.inference_mode():
        log.append((m.is_inference_mode_enabled(), m.is_grad_enabled()))
        with m.inference_mode(False):
            log.append((m.is_inference_mode_enabled(), m.is_grad_enabled()))
        log.append((m.is_inference_mode_enabled(), m.is_grad_enabled()))
    return str(log), m.is_inference_mode_enabled()


@behaviour
def view_made_in_inference_of_a_normal_tensor(m):
    x = m.ones(2)
    with m.inference_mode():
        v = x[:1]
        w = x * 2
    return v.is_inference(), w.is_inference(), x.is_inference()


@behaviour
def normal_tensor_written_in_inference(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 1
    z = y * y
    with m.inference_mode():
        y.add_(1)
    z.sum().backward()


@behaviour
def clone_of_an_inference_tensor(m):
    with m.inference_mode():
        y = m.ones(2) * 2
    z = y.clone()
    return z.is_inference(), z.requires_grad_().requires_grad


@behaviour
def enable_grad_in_inference(m):
    x = leaf(m, 1.0, 2.0)
    with m.inference_mode(), m.enable_grad():
        y = x * 2
    return y.requires_grad, y.is_inference()


@behaviour
def inference_of_a_leaf(m):
    with m.inference_mode():
        x = m.ones(2, requires_grad=True)
        y = x * 2
    return x.requires_grad, y.requires_grad, x.is_inference()


@behaviour
def backward_in_inference(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * x).sum()
    with m.inference_mode():
        y.backward()
    return x.grad


@behaviour
def version_of_an_inference_tensor(m):
    with m.inference_mode():
        y = m.ones(2)
    return y._version


@behaviour
def anomaly_without_nan(m):
    x = leaf(m, 1.0, 2.0)
    with m.autograd.detect_anomaly():
        (x * x).sum().backward()
    return x.grad


@behaviour
def anomaly_names_the_node(m):
    x = leaf(m, 0.0, 1.0)
    try:
        with m.autograd.detect_anomaly():
            (m.sqrt(x) * 0).sum().backward()
    except RuntimeError as error:
        return "SqrtBackward0" in str(error), "nan" in str(error).lower()


@behaviour
def anomaly_without_the_check(m):
    x = leaf(m, 0.0, 1.0)
    with m.autograd.detect_anomaly(check_nan=False):
        (m.sqrt(x) * 0).sum().backward()
    return x.grad


@behaviour
def anomaly_switched(m):
    before = m.is_anomaly_enabled()
    m.autograd.set_detect_anomaly(True)
    inside = m.is_anomaly_enabled(), m.is_anomaly_check_nan_enabled()
    m.autograd.set_detect_anomaly(False)
    with m.autograd.set_detect_anomaly(True, check_nan=False):
        block = m.is_anomaly_enabled(), m.is_anomaly_check_nan_enabled()
    return before, inside, block, m.is_anomaly_enabled()


@behaviour
def infinite_is_not_nan(m):
    x = leaf(m, 0.0, 1.0)
    with m.autograd.detect_anomaly():
        m.sqrt(x).sum().backward()
    return x.grad


@behaviour
def generator_functions_of_no_grad_answer(m):
    @m.no_grad()
    def f():
        got = yield m.is_grad_enabled()
        yield got, m.is_grad_enabled()

    g = f()
    return next(g), g.send(5), m.is_grad_enabled()


@behaviour
def no_grad_without_parentheses(m):
    @m.no_grad
    def f(x):
        return x * 2

    return f(leaf(m, 1.0)).requires_grad


@behaviour
def parameters_made_under_no_grad(m):
    with m.no_grad():
        l = m.nn.Linear(2, 1)
    return l.weight.requires_grad, l.weight.is_leaf


@behaviour
def results_of_no_grad_are_leaves(m):
    with m.no_grad():
        y = leaf(m, 1.0) * 2
    return y.is_leaf, y.requires_grad, y.grad_fn is None


@behaviour
def hook_under_no_grad_of_a_constant(m):
    with m.no_grad():
        y = leaf(m, 1.0) * 2
    y.register_hook(lambda g: g)
