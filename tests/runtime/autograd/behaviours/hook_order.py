"""In which order hooks are called, what they see, and when they are taken away."""

from behaviours.kept import behaviour, differs, leaf


def accumulator(x):
    """The node that adds to the gradient of a leaf."""
    return x.expand_as(x).grad_fn.next_functions[0][0]


@behaviour
def order_of_all_hooks_of_a_leaf(m):
    x = leaf(m, 1.0, 2.0)
    node = accumulator(x)
    log = []
    node.register_hook(lambda gi, go: log.append("after"))
    x.register_post_accumulate_grad_hook(lambda p: log.append(("post accumulate", p.grad.tolist())))
    node.register_prehook(lambda go: log.append("before"))
    x.register_hook(lambda g: log.append("value"))
    (x * x).sum().backward()
    return str(log)


@behaviour
def order_of_all_hooks_of_a_result(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    log = []
    y.grad_fn.register_hook(lambda gi, go: log.append("after"))
    y.grad_fn.register_prehook(lambda go: log.append("before"))
    y.register_hook(lambda g: log.append("value"))
    y.retain_grad()
    y.register_hook(lambda g: log.append("late value"))
    y.sum().backward()
    return str(log), y.grad


@behaviour
def prehook_replaces(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.grad_fn.register_prehook(lambda go: (go[0] * 5,))
    y.register_hook(lambda g: g + 1)
    y.sum().backward()
    return x.grad


@behaviour
def two_prehooks_in_turn(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.grad_fn.register_prehook(lambda go: (go[0] + 1,))
    y.grad_fn.register_prehook(lambda go: (go[0] * 10,))
    y.sum().backward()
    return x.grad


@behaviour
def two_node_hooks_in_turn(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    log = []
    y.grad_fn.register_hook(lambda gi, go: (gi[0] + 1, *gi[1:]))
    y.grad_fn.register_hook(lambda gi, go: log.append((gi[0].tolist(), go[0].tolist())))
    y.grad_fn.register_hook(lambda gi, go: (gi[0] * 10, *gi[1:]))
    y.sum().backward()
    return x.grad, str(log)


@behaviour
def node_hook_sees_what_prehooks_made(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    log = []
    y.grad_fn.register_prehook(lambda go: (go[0] * 3,))
    y.grad_fn.register_hook(lambda gi, go: log.append([g.tolist() for g in go]))
    y.sum().backward()
    return str(log)


@behaviour
def prehook_of_an_accumulator_replaces(m):
    x = leaf(m, 1.0, 2.0)
    node = accumulator(x)
    node.register_prehook(lambda go: (go[0] * 3,))
    x.sum().backward()
    return x.grad


@behaviour
def hook_of_an_accumulator_sees(m):
    x = leaf(m, 1.0, 2.0)
    node = accumulator(x)
    log = []
    node.register_hook(lambda gi, go: log.append((len(gi), [g.tolist() for g in go], x.grad.tolist())))
    (x * 3).sum().backward()
    return str(log)


@behaviour
def hook_removes_itself(m):
    x = leaf(m, 1.0, 2.0)
    log = []

    def once(g):
        log.append(g.tolist())
        handle.remove()
        return g * 2

    handle = x.register_hook(once)
    x.sum().backward()
    x.sum().backward()
    return str(log), x.grad


@behaviour
def handle_as_a_context(m):
    x = leaf(m, 1.0, 2.0)
    with x.register_hook(lambda g: g * 2):
        x.sum().backward()
    x.sum().backward()
    return x.grad


@behaviour
def handle_removed_twice(m):
    x = leaf(m, 1.0, 2.0)
    handle = x.register_hook(lambda g: g * 2)
    handle.remove()
    handle.remove()
    x.sum().backward()
    return x.grad


@behaviour
def one_hook_registered_twice(m):
    x = leaf(m, 1.0, 2.0)

    def double(g):
        return g * 2

    x.register_hook(double)
    x.register_hook(double)
    x.sum().backward()
    return x.grad


@behaviour
def hook_sees_the_sum_of_all_uses(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    log = []
    y.register_hook(lambda g: log.append(g.tolist()))
    (y * 3 + y.sin() * 0 + y).sum().backward()
    return str(log)


@behaviour
def leaf_hook_sees_only_this_pass(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_hook(lambda g: log.append(g.tolist()))
    (x * 2).sum().backward()
    (x * 3).sum().backward()
    return str(log), x.grad


@behaviour
def hook_called_by_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    x.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: g + 1)
    return m.autograd.grad(y.sum(), x), m.autograd.grad((x * 2).sum(), x), x.grad is None


@differs(
    "PyTorch gives the first gradient without the hook where another input is asked for too, and with it alone",
    ours=[[30.0, 30.0], [60.0, 60.0]],
)
def hook_replaces_what_grad_captures(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: g * 10)
    return m.autograd.grad((y * 3).sum(), [y, x])


@behaviour
def node_hooks_beyond_what_is_asked_for(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    log = []
    y.grad_fn.register_hook(lambda gi, go: log.append("after"))
    y.grad_fn.register_prehook(lambda go: log.append("before"))
    y.register_hook(lambda g: log.append("value"))
    m.autograd.grad((y * 3).sum(), y)
    return str(log)


@behaviour
def retain_grad_is_filled_by_grad(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    m.autograd.grad((y * 3).sum(), x)
    return y.grad


@behaviour
def retain_grad_of_a_leaf_does_nothing(m):
    x = leaf(m, 1.0, 2.0)
    x.retain_grad()
    (x * 3).sum().backward()
    return x.grad, x.retains_grad


@behaviour
def retain_grad_twice_over_passes(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    y.retain_grad()
    z = (y * 3).sum()
    z.backward(retain_graph=True)
    z.backward()
    return y.grad, x.grad


@behaviour
def retain_grad_of_a_view(m):
    x = leaf(m, 1.0, 2.0)
    y = (x * 2)[:1]
    y.retain_grad()
    (y * 3).sum().backward()
    return y.grad, x.grad


@behaviour
def hook_on_one_of_several_results(m):
    x = leaf(m, 3.0, 1.0, 2.0)
    values, _ = x.sort()
    values.register_hook(lambda g: g * m.tensor([1.0, 10.0, 100.0]))
    values.sum().backward()
    return x.grad


@behaviour
def hooks_on_parts_of_one_node(m):
    x = leaf(m, 3.0, 1.0, 2.0)
    a, b, c_ = x.unbind()
    a.register_hook(lambda g: g * 5)
    b.register_hook(lambda g: g * 7)
    (a + b + c_).backward()
    return x.grad


@behaviour
def node_hook_on_several_results(m):
    x = leaf(m, 3.0, 1.0, 2.0)
    a, b, c_ = x.unbind()
    log = []
    a.grad_fn.register_hook(lambda gi, go: log.append((len(gi), [None if g is None else g.tolist() for g in go])))
    (a + c_ * 2).backward()
    return str(log), x.grad


@behaviour
def hook_raises(m):
    x = leaf(m, 1.0, 2.0)

    def refuse(g):
        raise ValueError("no")

    x.register_hook(refuse)
    x.sum().backward()


@behaviour
def after_a_hook_raised(m):
    x = leaf(m, 1.0, 2.0)

    def refuse(g):
        raise ValueError("no")

    handle = x.register_hook(refuse)
    y = x.sum()
    try:
        y.backward()
    except ValueError:
        pass
    handle.remove()
    y.backward()
    return x.grad, m.is_grad_enabled()


@behaviour
def hook_returns_a_number(m):
    x = leaf(m, 1.0, 2.0)
    x.register_hook(lambda g: 3.0)
    x.sum().backward()


@differs("what cannot be called is refused where it is registered", ours={"raises": ""})
def hook_that_is_no_function(m):
    leaf(m, 1.0, 2.0).register_hook(3)


@behaviour
def hook_changes_the_dtype(m):
    x = leaf(m, 1.0, 2.0)
    x.register_hook(lambda g: g.double() * 2)
    x.sum().backward()
    return x.grad, str(x.grad.dtype)


@behaviour
def node_hook_returns_too_few(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    y = x * w
    y.grad_fn.register_hook(lambda gi, go: (gi[0],))
    y.sum().backward()


@behaviour
def post_accumulate_hooks_in_turn(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    first = x.register_post_accumulate_grad_hook(lambda p: log.append("a"))
    x.register_post_accumulate_grad_hook(lambda p: log.append("b"))
    x.sum().backward()
    first.remove()
    x.sum().backward()
    return str(log)


@behaviour
def step_in_a_post_accumulate_hook(m):
    x = leaf(m, 1.0, 2.0)
    o = m.optim.SGD([x], lr=0.5)

    def step(p):
        o.step()
        o.zero_grad()

    x.register_post_accumulate_grad_hook(step)
    for _ in range(3):
        (x * x).sum().backward()
    return x, x.grad is None


@behaviour
def post_accumulate_is_not_called_by_grad(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_post_accumulate_grad_hook(lambda p: log.append("a"))
    m.autograd.grad(x.sum(), x)
    return len(log)


@behaviour
def post_accumulate_under_inputs(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_post_accumulate_grad_hook(lambda p: log.append(p.grad.tolist()))
    (x * 2).sum().backward(inputs=[x])
    return str(log)


@behaviour
def multi_grad_hook_any(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    log = []
    handle = m.autograd.graph.register_multi_grad_hook([x, w], lambda g: log.append(g.tolist()), mode="any")
    (x * 2 + w * 2).sum().backward()
    handle.remove()
    (x + w).sum().backward()
    return str(log)


@behaviour
def multi_grad_hook_twice(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)
    log = []
    m.autograd.graph.register_multi_grad_hook([x, w], lambda gs: log.append([g.tolist() for g in gs]))
    (x * w).sum().backward()
    (x * w).sum().backward()
    return str(log)


@behaviour
def hook_calls_backward(m):
    x, w = leaf(m, 1.0, 2.0), leaf(m, 3.0, 4.0)

    def more(g):
        with m.enable_grad():
            (w * w).sum().backward()

    x.register_hook(more)
    (x * 2).sum().backward()
    return x.grad, w.grad


@behaviour
def grad_mode_in_hooks(m):
    x = leaf(m, 1.0, 2.0)
    log = []
    x.register_hook(lambda g: log.append((m.is_grad_enabled(), g.requires_grad)))
    (x * x).sum().backward()
    (x * x).sum().backward(create_graph=True)
    return str(log)


@behaviour
def hook_is_part_of_the_second_order(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    y.register_hook(lambda g: g * y.detach() * 3)
    (g,) = m.autograd.grad((y * y).sum(), x, create_graph=True)
    return g, m.autograd.grad(g.sum(), x)


@behaviour
def hook_of_a_deepcopied_leaf(m):
    import copy

    x = leaf(m, 1.0, 2.0)
    x.register_hook(lambda g: g * 100)
    y = copy.deepcopy(x)
    (y * 2).sum().backward()
    return y.grad, x.grad is None


@behaviour
def handles_of_hooks_have_numbers(m):
    x = leaf(m, 1.0, 2.0)
    a = x.register_hook(lambda g: g)
    b = x.register_hook(lambda g: g)
    return a.id < b.id


@behaviour
def metadata_of_a_node(m):
    y = leaf(m, 1.0) * 2
    y.grad_fn.metadata["note"] = 3
    return y.grad_fn.metadata["note"], str(y.grad_fn.metadata)
