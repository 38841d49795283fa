"""Views that are written through, and values that are written over after they were used."""

from behaviours.kept import behaviour, differs, leaf

PARTS = "PyTorch refuses to write to one of several views of a call; here the write is recorded, and right."


@differs(PARTS, ours=[[5.0, 5.0, 1.0, 1.0], [5.0, 10.0, 3.0, 4.0]])
def chunk_written(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    a, _ = y.chunk(2)
    a.mul_(5)
    y.sum().backward()
    return x.grad, y


@differs(PARTS, ours=[1.0, 1.0, 7.0, 7.0])
def split_written(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    y.split(2)[1].mul_(7)
    y.sum().backward()
    return x.grad


@differs(PARTS, ours=[1.0, 3.0])
def unbind_written(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 1
    y.unbind()[1].mul_(3)
    y.sum().backward()
    return x.grad


@behaviour
def narrow_and_select_written(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    y.narrow(0, 1, 2).mul_(3)
    y.select(0, 3).mul_(5)
    y.sum().backward()
    return x.grad


@behaviour
def diagonal_written(m):
    x = m.arange(9.0).reshape(3, 3).requires_grad_()
    y = x * 1
    y.diagonal().mul_(10)
    (y * y).sum().backward()
    return x.grad


@behaviour
def transposed_view_written(m):
    x = m.arange(6.0).reshape(2, 3).requires_grad_()
    y = x * 1
    y.T[0] = m.tensor([9.0, 9.0])
    y.mT[1].add_(x[:, 2])
    (y * y).sum().backward()
    return x.grad, y


@behaviour
def real_part_written(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    w = z * 1
    w.real.mul_(3)
    (w.abs() ** 2).sum().backward()
    return z.grad, w.detach()


@behaviour
def view_as_real_written(m):
    z = m.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    w = z * 1
    m.view_as_real(w)[0].mul_(3)
    (w.abs() ** 2).sum().backward()
    return z.grad


@behaviour
def flattened_view_written(m):
    x = m.arange(4.0).reshape(2, 2).requires_grad_()
    y = x * 1
    y.flatten()[2].mul_(5)
    y.view(-1)[0] = 8.0
    y.sum().backward()
    return x.grad, y


@behaviour
def unfolded_view_written(m):
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    y = x * 1
    y.unfold(0, 2, 2)[0].mul_(5)
    y.sum().backward()
    return x.grad


@behaviour
def expanded_view_written(m):
    y = leaf(m, 1.0, 2.0) * 1
    y.expand(2, 2).mul_(5)


@differs("a view in which elements stand several times is read-only, and so are its parts", ours={"raises": ""})
def expanded_view_set(m):
    y = leaf(m, 1.0, 2.0) * 1
    y.expand(2, 2)[0] = 3.0
    return y


@differs("PyTorch finds it ambiguous; here a write is recorded where it is made", ours=[2.0])
def view_made_under_no_grad_written(m):
    y = leaf(m, 1.0, 2.0) * 1
    with m.no_grad():
        v = y[:1]
    v.mul_(2)
    return v


@behaviour
def view_of_a_leaf_made_under_no_grad_written(m):
    x = leaf(m, 1.0, 2.0)
    with m.no_grad():
        v = x[:1]
    v.mul_(2)


@behaviour
def base_written_after_the_view_was_used(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 1
    v = y[:1]
    w = v * v
    y.add_(1)
    w.sum().backward()


@behaviour
def base_written_then_the_view_read(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 1
    v = y[:1]
    y.mul_(3)
    (v * v).sum().backward()
    return x.grad, v


@behaviour
def view_of_a_view_written_from_both_ends(m):
    x = m.arange(8.0).requires_grad_()
    y = x * 1
    a = y.view(2, 4)
    b = a[1]
    a.mul_(2)
    b[1:3].mul_(3)
    y.add_(1)
    (b * b).sum().backward()
    return x.grad, y


@behaviour
def constant_base_becomes_tracked(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(4)
    v = y[:2]
    v.copy_(x)
    before = y.requires_grad, y.is_leaf, v.requires_grad, v.is_leaf
    (y * y).sum().backward()
    return before, x.grad


@behaviour
def view_taken_before_the_base_became_tracked(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(4)
    v = y[1:3]
    y[:2] = x
    v.sum().backward()
    return x.grad, v.requires_grad


@behaviour
def leaf_base_becomes_no_leaf(m):
    y = m.zeros(2)
    y += leaf(m, 1.0, 2.0)
    return y.requires_grad, y.is_leaf, y.grad_fn.name()


@behaviour
def broadcast_assignment_to_a_column(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(2, 3)
    y[:, 0] = x
    y[:, 1:] = x[:, None]
    (y * m.arange(6.0).reshape(2, 3)).sum().backward()
    return x.grad, y


@behaviour
def broadcast_assignment_of_a_scalar(m):
    x = m.tensor(2.0, requires_grad=True)
    y = m.zeros(2, 3)
    y[0] = x
    y[y == 0] = x * x
    y.sum().backward()
    return x.grad, y


@behaviour
def assignment_by_two_index_arrays(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(2, 3)
    y[m.tensor([0, 1]), m.tensor([2, 0])] = x * 3
    (y * y).sum().backward()
    return x.grad, y


@differs(
    "an element that is written twice keeps the last value, and its gradient goes there once",
    ours=[[1.0, 1.0, 1.0], [11.0, 12.0, 3.0]],
)
def assignment_by_repeated_index_adds_once(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 1
    y[m.tensor([0, 0, 1])] += 10.0
    y.sum().backward()
    return x.grad, y


@behaviour
def assignment_by_a_mask(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(3)
    y[m.tensor([True, False, True])] = x * 2
    (y * y).sum().backward()
    return x.grad, y


@behaviour
def assignment_by_a_row_mask(m):
    x = leaf(m, 1.0, 2.0)
    y = m.ones(3, 2)
    y[m.tensor([True, False, True])] = x
    y.sum().backward()
    return x.grad, y


@behaviour
def assignment_by_a_list(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(3)
    y[[2, 0]] = x
    (y * m.tensor([1.0, 2.0, 3.0])).sum().backward()
    return x.grad


@behaviour
def assignment_of_a_wrong_shape(m):
    y = m.zeros(3)
    y[:2] = leaf(m, 1.0, 2.0, 3.0)


@behaviour
def assignment_beyond_the_end(m):
    y = m.zeros(3)
    y[5] = leaf(m, 1.0)[0]


@differs("steps may be negative, as in NumPy", ours=[3.0, 2.0, 1.0])
def assignment_with_a_negative_step(m):
    y = m.zeros(3)
    y[::-1] = leaf(m, 1.0, 2.0, 3.0)
    return y


@behaviour
def assignment_of_a_wider_leading_axis(m):
    x = m.ones(1, 1, 2).requires_grad_()
    y = m.zeros(2)
    y[:] = x
    y.sum().backward()
    return x.grad


@behaviour
def assignment_casts(m):
    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    y = m.zeros(2)
    y[:] = x * x
    y.sum().backward()
    return x.grad, str(x.grad.dtype), str(y.dtype)


@behaviour
def assignment_into_integers(m):
    y = m.zeros(2, dtype=m.int64)
    y[0] = 2.7
    return y


@behaviour
def elements_swapped(m):
    x = leaf(m, 1.0, 2.0)
    y = x * x
    y[0], y[1] = y[1].clone(), y[0].clone()
    (y * m.tensor([1.0, 10.0])).sum().backward()
    return x.grad


@behaviour
def augmented_assignment_of_a_slice(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 1
    y[1:] *= x[:2]
    y[0] -= x[2] ** 2
    (y * y).sum().backward()
    return x.grad


@behaviour
def recurrence_written_in_place(m):
    x = leaf(m, 0.5, 0.2, 0.1)
    y = m.zeros(3)
    y[0] = x[0]
    for k in range(1, 3):
        y[k] = y[k - 1] * 0.5 + x[k].sin()
    y.sum().backward()
    return x.grad


@behaviour
def product_reads_what_was_written(m):
    x = leaf(m, 0.5, 0.2)
    y = x * 1
    z = y[0] * y[1]
    y[1] = 3.0
    z.backward()


@behaviour
def constant_factor_written(m):
    x = leaf(m, 0.5, 0.2)
    w = m.ones(2)
    y = x * w
    w.mul_(3)
    y.sum().backward()


@behaviour
def tracked_factor_written_where_only_it_is_asked_for(m):
    x = leaf(m, 0.5, 0.2)
    t = x * 1
    y = t * m.tensor([2.0, 3.0])
    t.mul_(5)
    y.sum().backward()
    return x.grad


@behaviour
def results_that_may_be_written(m):
    x = leaf(m, 0.5, 0.2)
    answers = []
    for f in ("sigmoid", "tanh", "exp", "relu", "sqrt", "sin", "neg", "abs", "log"):
        y = getattr(x, f)()
        y.add_(1)
        try:
            y.sum().backward()
            answers.append((f, True))
        except RuntimeError:
            answers.append((f, False))
    return str(answers)


@behaviour
def operands_that_may_be_written(m):
    x = leaf(m, 0.5, 0.2)
    answers = []
    for f in ("sigmoid", "tanh", "exp", "relu", "sqrt", "sin", "neg", "abs", "log", "square", "cumsum", "flip"):
        t = x * 1
        y = getattr(t, f)(*((0,) if f == "cumsum" else ((0,),) if f == "flip" else ()))
        t.add_(1)
        try:
            y.sum().backward()
            answers.append((f, True))
        except RuntimeError:
            answers.append((f, False))
    return str(answers)


@behaviour
def version_counts(m):
    x = leaf(m, 0.5, 0.2)
    y = x * 1
    found = [y._version]
    y.add_(1)
    found.append(y._version)
    y[0] = 3.0
    found.append(y._version)
    y[:1].mul_(2)
    found.append(y._version)
    y.detach().mul_(2)
    found.append(y._version)
    with m.no_grad():
        y.mul_(2)
    found.append(y._version)
    found.append(y.detach()._version)
    found.append(y.clone()._version)
    found.append(y.view(2, 1)._version)
    return found


@differs("a write through `.data` counts as a write here, so that no gradient is computed from new numbers", ours=1)
def version_after_a_write_to_data(m):
    x = leaf(m, 0.5, 0.2)
    x.data.mul_(2)
    return x._version


@behaviour
def in_place_result_of_another_shape(m):
    y = leaf(m, 1.0) * 1
    y.add_(m.ones(3))


@behaviour
def in_place_result_of_another_category(m):
    y = m.ones(2, dtype=m.int64)
    y.div_(2)


@behaviour
def in_place_broadcast_operand(m):
    x, w = m.ones(2, 3).requires_grad_(), leaf(m, 1.0, 2.0, 3.0)
    y = x * 2
    y.mul_(w)
    y.sum().backward()
    return x.grad, w.grad


@differs("operations in place keep a copy of what they overwrite and need", ours=[6.0, 8.0])
def in_place_of_itself(m):
    x = leaf(m, 1.5, 2.0)
    y = x * 1
    y.mul_(y)
    y.add_(y)
    y.sum().backward()
    return x.grad


@behaviour
def copy_broadcasts_and_casts(m):
    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    y = m.zeros(3, 2)
    y.copy_(x)
    (y * m.arange(6.0).reshape(3, 2)).sum().backward()
    return x.grad, str(x.grad.dtype)


@behaviour
def clamp_in_place_and_relu_in_place(m):
    x = leaf(m, -1.5, 0.5, 2.0)
    y = x * 2
    y.clamp_(-1, 3)
    m.nn.functional.relu_(y)
    y.sum().backward()
    return x.grad


@behaviour
def module_in_place(m):
    x = leaf(m, -1.5, 0.5, 2.0)
    y = m.nn.ReLU(inplace=True)(x * 2)
    y.sum().backward()
    return x.grad


@behaviour
def dropout_in_place_of_a_leaf(m):
    m.nn.functional.dropout(leaf(m, 1.0, 2.0), 0.5, inplace=True)


@behaviour
def filling_in_place(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 1
    y.index_fill_(0, m.tensor([1]), 5.0)
    y.masked_fill_(m.tensor([True, False, False]), 7.0)
    (y * y).sum().backward()
    return x.grad, y


@behaviour
def scattering_in_place(m):
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 1
    y.scatter_(0, m.tensor([0]), x[2:] * 5)
    y.index_put_((m.tensor([1, 1]),), x[:2], accumulate=True)
    (y * y).sum().backward()
    return x.grad, y


@behaviour
def masked_scatter_in_place(m):
    x = leaf(m, 1.0, 2.0)
    y = m.zeros(3)
    y.masked_scatter_(m.tensor([True, False, True]), x * 3)
    (y * y).sum().backward()
    return x.grad, y


@behaviour
def shape_changed_in_place(m):
    x = m.arange(6.0).reshape(2, 3).requires_grad_()
    y = x * 1
    y.t_()
    first = list(y.shape)
    y.unsqueeze_(0)
    y.transpose_(0, 1)
    second = list(y.shape)
    y.squeeze_()
    (y * m.arange(6.0).reshape(3, 2)).sum().backward()
    return first, second, list(y.shape), x.grad, y.is_contiguous()


@behaviour
def shape_of_a_leaf_changed_in_place(m):
    x = m.ones(1, 2).requires_grad_()
    x.squeeze_(0)


@behaviour
def shape_changed_in_place_under_no_grad(m):
    x = m.ones(1, 2).requires_grad_()
    with m.no_grad():
        x.squeeze_(0)
    return list(x.shape), x.is_leaf, x.requires_grad


@behaviour
def swapped_axes_in_place(m):
    x = m.arange(6.0).reshape(2, 3)
    x.swapaxes_(0, 1)
    first = x.tolist()
    x.swapdims_(0, 1)
    return first, x


@behaviour
def resize_of_what_requires_grad(m):
    x = leaf(m, 1.0, 2.0)
    (x * 2).resize_(1)


@behaviour
def as_strided_reads_windows(m):
    x = m.arange(5.0).requires_grad_()
    y = x.as_strided((3, 3), (1, 1))
    (y * m.arange(9.0).reshape(3, 3)).sum().backward()
    return y, x.grad


@behaviour
def as_strided_from_an_offset(m):
    x = m.arange(6.0).reshape(2, 3).requires_grad_()
    y = m.as_strided(x, (2, 2), (3, 1), 1)
    (y * y).sum().backward()
    return y, x.grad


@behaviour
def as_strided_written(m):
    x = m.arange(4.0).requires_grad_()
    y = x * 1
    y.as_strided((2,), (2,)).mul_(5)
    y.sum().backward()
    return x.grad


@behaviour
def view_of_what_is_not_contiguous(m):
    m.ones(2, 3).t().view(-1)


@behaviour
def strides_of_views(m):
    x = m.arange(24.0).reshape(2, 3, 4)
    views = [x, x.permute(2, 0, 1), x[:, ::2], x.transpose(0, 2), x.expand(5, 2, 3, 4), x[1], x.unfold(2, 2, 1)]
    return [(list(v.stride()), v.storage_offset(), v.is_contiguous()) for v in views]


@behaviour
def reshape_is_a_view_where_it_can_be(m):
    x = m.arange(6.0).reshape(2, 3)
    return x.reshape(3, 2)._is_view(), x.t().reshape(6)._is_view(), x.contiguous() is x, x.t().contiguous() is x


@differs(PARTS, ours=[5.0, 2.0])
def rows_written_after_unpacking(m):
    x = leaf(m, 1.0, 2.0)
    y = x * 1
    a, b = y
    a.mul_(5)
    return y
