"""Ways out through arrays: conversions, buffers, `out=`, views and functions that call back."""

from __future__ import annotations

import array
import copy
import ctypes
import io
import pickle

import numpy as np
from ways import way

TABLE = np.zeros(4)


@way
def array_of_numbers(x):
    return np.array([x[0], x[1] * x[2]]).sum() * x[3]


@way
def array_of_rows(x):
    return np.array([x, x * x])[1, 2] + np.asarray([[x[0], 1.0], [2.0, x[1]]]).prod()


@way
def array_of_dtype(x):
    return np.array([x[0], x[1]], dtype=float) @ np.array(x[:2], dtype=np.float64)


@way
def array_of_integers(x):
    return np.array([x[0] * 12.0, x[1]], dtype=int).sum() * x[2]


@way
def array_of_objects(x):
    return np.array([x[0], x[1] * x[2]], dtype=object).sum()


@way
def asarray(x):
    y = np.asarray(x)
    z = np.asanyarray(y * x)
    return np.ascontiguousarray(z).sum() + np.asfortranarray(y)[1]


@way
def asarray_of_list(x):
    return np.asarray([v * v for v in x]).sum()


@way
def asarray_chkfinite(x):
    return np.asarray_chkfinite(x * x).sum()


@way
def require(x):
    return np.require(x * x, dtype=float, requirements="C").sum()


@way
def matrix(x):
    return (np.asmatrix(x.reshape(2, 2)) * 2.0)[0, 1] * x[0]


@way
def masked_array(x):
    return np.ma.masked_array(x * x, mask=[0, 1, 0, 0]).sum()


@way
def masked_where(x):
    return np.ma.masked_less(x * x, 0.1).sum()


@way
def record_array(x):
    y = np.zeros(2, dtype=[("a", float), ("b", float)])
    y["a"] = x[:2]
    return (y["a"] * x[2:]).sum()


@way
def from_iterator(x):
    return np.fromiter((v * v for v in x), float).sum()


@way
def from_function(x):
    return np.fromfunction(lambda i, j: x[i.astype(int)] * x[j.astype(int)], (2, 2)).sum()


@way
def from_buffer(x):
    return np.frombuffer((x * x).tobytes()).sum()


@way
def from_text(x):
    return np.fromstring(" ".join(str(v) for v in x * x), sep=" ").sum()


@way
def from_pyfunc(x):
    return np.frompyfunc(lambda v: v * v, 1, 1)(x).sum()


@way
def vectorized(x):
    return np.vectorize(lambda v: v * v)(x).sum()


@way
def along_axis(x):
    return np.apply_along_axis(lambda r: r * r, 0, x).sum()


@way
def over_axes(x):
    return np.apply_over_axes(np.sum, x.reshape(2, 2) ** 2, [0, 1])[0, 0]


@way
def piecewise(x):
    return np.piecewise(x, [x < 0.8, x >= 0.8], [lambda v: v * v, lambda v: v]).sum()


@way
def selected(x):
    return np.select([x < 0.5, x < 1.0], [x * x, x], 0.0).sum() + np.choose([0, 1, 0, 1], [x, x * x]).sum()


@way
def interpolated(x):
    return np.interp(x[0] + 0.5, [0.0, 1.0, 2.0], [x[1], x[2], x[3]])


@way
def polynomial(x):
    return np.polyval([1.0, x[0], 2.0], x[1]) + np.poly1d([1.0, 2.0])(x[2])


@way
def polynomial_object(x):
    return np.polynomial.Polynomial([1.0, x[0], 2.0])(x[1])


@way
def polynomial_fit(x):
    return np.polyfit([0.0, 1.0, 2.0, 3.0], x * x, 1)[0]


@way
def histogram_weights(x):
    return np.histogram([0.1, 0.6], bins=2, range=(0, 1), weights=x[:2] ** 2)[0][1]


@way
def bincount_weights(x):
    return np.bincount([0, 1, 1, 0], weights=x * x)[1] * x[0]


@way
def digitized(x):
    return np.digitize(x, [0.5, 1.0]).sum() * x[0]


@way
def linspace(x):
    return np.linspace(x[0], x[1] * x[2], 5)[3] + np.arange(x[0], x[0] + 3.0)[1] + np.logspace(x[0], 1.0, 3)[1]


@way
def arange(x):
    return np.arange(x[0], x[0] + 3.0)[1]


@way
def open_mesh(x):
    a, b = np.ix_(x[:2], x[2:])
    return (a * b).sum()


@way
def meshgrid(x):
    a, b = np.meshgrid(x[:2], x[2:])
    return (a * b).sum()


@way
def grid_object(x):
    return np.r_[x[:2], 1.0, x[2:]].prod() + np.c_[x, x][1, 1]


@way
def block(x):
    return np.block([[x[:2], x[2:]], [x[2:], x[:2]]])[0, 3] ** 2


@way
def inserted(x):
    return np.insert(x * x, 1, x[0])[1] + np.append(x, x[1] * x[2])[-1] + np.delete(x * x, 0)[0]


@way
def stored_into_zeros(x):
    y = np.zeros(3)
    y[0] = x[0] * x[1]
    y[1:] = x[2:]
    return (y * y).sum()


@way
def stored_into_outer(x):
    TABLE[0] = x[0] * x[1]
    return TABLE[0] * 2.0


@way
def stored_into_constant(x):
    y = np.array([1.0, 2.0])
    y[0] = x[0] * x[1]
    return y[0] * y[1]


@way
def stored_into_integers(x):
    y = np.zeros(2, dtype=int)
    y[0] = x[0] * 12.0
    return y[0] * x[1]


@way
def stored_into_float32(x):
    y = np.zeros(2, dtype=np.float32)
    y[0] = x[0]
    return y[0] * x[1]


@way
def stored_into_objects(x):
    y = np.empty(2, dtype=object)
    y[0] = x[0] * x[1]
    y[1] = x[2]
    return y[0] * y[1]


@way
def stored_by_flat(x):
    y = np.zeros((2, 2))
    y.flat[1] = x[0] * x[1]
    y.flat = x
    return (y * y).sum()


@way
def read_by_flat(x):
    return sum(v * v for v in x.reshape(2, 2).flat) + x.flat[1]


@way
def copied_to(x):
    y = np.zeros(4)
    np.copyto(y, x * x)
    return y.sum()


@way
def copied_to_where(x):
    y = np.ones(4)
    np.copyto(y, x * x, where=x > 0.5)
    return y.sum()


@way
def put(x):
    y = np.zeros(4)
    np.put(y, [0, 2], x[:2] * x[2:])
    y.put([1], x[0])
    return y.sum()


@way
def placed(x):
    y = np.zeros(4)
    np.place(y, x > 0.5, x[:3] ** 2)
    return y.sum()


@way
def put_by_mask(x):
    y = np.zeros(4)
    np.putmask(y, x > 0.5, x * x)
    return y.sum()


@way
def put_along_axis(x):
    y = np.zeros(4)
    np.put_along_axis(y, np.array([0, 2]), x[:2] ** 2, 0)
    return y.sum()


@way
def filled(x):
    y = np.zeros(3)
    y.fill(x[0] * x[1])
    return y.sum() + np.full(2, x[2]).sum() + np.full_like(x, x[3]).prod()


@way
def filled_diagonal(x):
    y = np.zeros((2, 2))
    np.fill_diagonal(y, x[:2] ** 2)
    return y.sum()


@way
def set_item_method(x):
    y = np.zeros(3)
    y.__setitem__(0, x[0] * x[1])
    return y.sum() + x.__getitem__(1)


@way
def set_field(x):
    y = x * 1.0
    y.setfield(x[0] * x[1], np.float64)
    return y.sum()


@way
def iterated(x):
    y = np.zeros(4)
    with np.nditer([x, y], op_flags=[["readonly"], ["readwrite"]]) as it:
        for a, b in it:
            b[...] = a * a
    return y.sum()


@way
def iterated_reading(x):
    total = 0.0
    for v in np.nditer(x):
        total = total + v * v
    return total


@way
def enumerated(x):
    return sum(v * v * (k[0] + 1) for k, v in np.ndenumerate(x))


@way
def broadcast_object(x):
    return sum(a * b for a, b in np.broadcast(x, x[:1]))


@way
def into_out(x):
    y = np.zeros(4)
    np.multiply(x, x, out=y)
    np.sin(y, y)
    return y.sum()


@way
def into_out_where(x):
    y = np.ones(4)
    np.multiply(x, x, out=y, where=x > 0.5)
    return y.sum()


@way
def reduced_into_out(x):
    y = np.zeros(())
    np.sum(x * x, out=y)
    return y * 1.0 + np.add.reduce(x, initial=x[0])


@way
def dot_into_out(x):
    y = np.zeros((2, 2))
    np.dot(x.reshape(2, 2), x.reshape(2, 2), out=y)
    return y.sum()


@way
def taken_into_out(x):
    y = np.zeros(2)
    np.take(x * x, [0, 2], out=y)
    return y.sum()


@way
def concatenated_into_out(x):
    y = np.zeros(8)
    np.concatenate([x, x * x], out=y)
    return y.sum()


@way
def clipped_into_out(x):
    y = np.zeros(4)
    (x * x).clip(0.0, 1.0, out=y)
    return y.sum()


@way
def accumulated_at(x):
    y = np.zeros(3)
    np.add.at(y, [0, 0, 2, 1], x * x)
    np.multiply.at(y, [0], x[0])
    return y.sum()


@way
def subtracted_at(x):
    y = np.zeros(3)
    np.subtract.at(y, [0, 0, 2, 1], x * x)
    return y.sum()


@way
def reduced_at(x):
    return np.add.reduceat(x * x, [0, 2])[1] * x[0]


@way
def outer_product(x):
    return np.multiply.outer(x, x)[1, 2] + np.add.outer(x, x)[0, 1] + np.subtract.outer(x, x)[0, 1]


@way
def flags(x):
    y = x * 1.0
    y.setflags(write=False)
    return (y * y).sum()


@way
def flags_of_result(x):
    y = x * 1.0
    y.flags.writeable = False
    return (y * y).sum()


@way
def real_assigned(x):
    y = np.zeros(4)
    y.real = x * x
    return y.sum()


@way
def real_view_changed(x):
    y = x * 1.0
    y.real[0] = x[1] * x[2]
    return y.sum()


@way
def shape_assigned(x):
    y = x * x
    y.shape = (2, 2)
    return y[0, 1] + y[1, 0]


@way
def dtype_viewed(x):
    y = x * x
    return y.view(np.float64).sum() + y.view(np.int64).view(np.float64)[1]


@way
def type_viewed(x):
    return (x * x).view(np.ndarray).sum()


@way
def memory(x):
    return sum(memoryview(x * x))


@way
def data_attribute(x):
    return sum((x * x).data)


@way
def python_array(x):
    return sum(array.array("d", x * x))


@way
def python_array_of_list(x):
    y = array.array("d", [x[0] * x[1], x[2]])
    y.append(x[3])
    return sum(y)


@way
def array_bytes(x):
    return np.frombuffer(bytes(x * x)).sum()


@way
def bytes_io(x):
    file = io.BytesIO()
    np.save(file, x * x)
    file.seek(0)
    return np.load(file).sum()


@way
def saved_as_text(x):
    file = io.StringIO()
    np.savetxt(file, x * x)
    file.seek(0)
    return np.loadtxt(file).sum()


@way
def c_double(x):
    return ctypes.c_double(x[0] * x[1]).value + x[0]


@way
def c_array(x):
    y = (ctypes.c_double * 2)(x[0] * x[1], x[2])
    return y[0] + y[1] * x[0]


@way
def c_pointer(x):
    y = x * x
    p = y.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
    return p[0] + p[1]


@way
def array_interface(x):
    class Holder:
        __array_interface__ = (x * x).__array_interface__

    return np.asarray(Holder()).sum()


@way
def strided(x):
    return np.lib.stride_tricks.as_strided(x * x, (2, 2), (16, 8)).sum()


@way
def sliding_window(x):
    return (np.lib.stride_tricks.sliding_window_view(x * x, 2) ** 2).sum()


@way
def pickled(x):
    return pickle.loads(pickle.dumps(x * x)).sum()


@way
def pickled_number(x):
    return pickle.loads(pickle.dumps(x[0] * x[1])) + x[0]


@way
def pickled_in_a_dict(x):
    return pickle.loads(pickle.dumps({"a": [x[0] * x[1]]}))["a"][0] + x[0]


@way
def copies(x):
    y = copy.copy(x * x)
    z = copy.deepcopy({"a": [y * x, x[0]]})
    return y.sum() + z["a"][0].sum() + z["a"][1] + np.copy(y)[0] + y.copy()[1]


@way
def cast(x):
    return (x * x).astype(float).sum() + x.astype(np.float32).astype(np.float64)[0] + (x * x).astype("f8").prod()


@way
def cast_without_copy(x):
    return (x * x).astype(float, copy=False).sum() + x.astype(np.float64, copy=False)[0]


@way
def cast_to_integers(x):
    return (x * 11.0).astype(int).sum() * x[0]


@way
def cast_to_objects(x):
    return (x * x).astype(object).sum()


@way
def cast_to_text(x):
    return (x * x).astype(str).astype(float).sum()


@way
def cast_to_complex(x):
    return abs((x * (1.0 + 2.0j)).astype(complex)[0].real) + (x.astype(complex) * 1j).imag.sum()


@way
def bits(x):
    return np.modf(x * 2.0)[0].sum() + np.ldexp(x, 2).sum()


@way
def mantissas(x):
    m, e = np.frexp(x * 3.0)
    return (m * 2.0**e).sum()


@way
def rounded_array(x):
    return np.round(x * x, 1).sum() + x[0] + x.round(2)[1]


@way
def nan_handling(x):
    y = np.nan_to_num(x * x)
    return y.sum() + np.nansum(x) + np.nanmax(x * x) + np.nanmean(x)


@way
def sorting(x):
    y = x * x
    y.sort()
    return y[0] * 2.0 + np.sort(x)[-1] + np.partition(x * x, 2)[2] + x[np.argsort(x)][1]


@way
def sorting_backward(x):
    return np.sort(x * x)[::-1][0] * 2.0 + np.unique(x * x)[1]


@way
def extremes_of_places(x):
    k = np.argmax(x)
    return x[k] ** 2 + x[x > 0.5].sum() + np.extract(x > 0.5, x * x).sum() + np.compress([1, 0, 1, 0], x).sum()


@way
def einstein(x):
    return np.einsum("i,i", x, x) + np.tensordot(x, x, 1) + np.vdot(x, x) + np.inner(x, x) + np.kron(x, x)[3]


@way
def linear_algebra(x):
    a = x.reshape(2, 2) + np.eye(2)
    return np.linalg.det(a) + np.linalg.inv(a)[0, 1] + np.linalg.solve(a, x[:2])[0] + np.trace(a @ a)


@way
def decompositions(x):
    a = np.outer(x, x) + np.eye(4)
    return np.linalg.eigvalsh(a)[-1]


@way
def singular_values(x):
    return np.linalg.svd(x.reshape(2, 2))[1].sum()


@way
def eigenvalues(x):
    return np.linalg.eigvals(x.reshape(2, 2)).real.max()


@way
def least_squares(x):
    return np.linalg.lstsq(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]), x * x)[0][1]


@way
def gradient_of_samples(x):
    return np.gradient(x * x)[1] + np.diff(x * x)[0] + np.ediff1d(x * x)[1] + np.trapezoid(x * x)


@way
def convolved(x):
    return np.convolve(x, x)[2] + np.correlate(x, x[:2])[0]


@way
def statistics_of_arrays(x):
    return np.cov(x, x * x)[0, 1] + np.corrcoef(x, x * x)[0, 1] + np.average(x, weights=x) + np.ptp(x)


@way
def printed_array(x):
    np.set_printoptions(precision=8)
    assert str(x * x) and repr(x * x)
    return (x * x).sum()


@way
def unwrapped(x):
    return np.unwrap(x * 5.0)[2] + np.rad2deg(x)[0] + np.heaviside(x, 0.5).sum() + np.sinc(x)[1] + np.i0(x)[0]


@way
def packed(x):
    return np.packbits(x > 0.5)[0] * x[0] + np.count_nonzero(x > 0.5) * x[1]


@way
def shuffled(x):
    y = x * x
    np.random.default_rng(0).shuffle(y)
    return y[0]


@way
def permuted(x):
    return np.random.default_rng(0).permutation(x * x)[0] + np.random.default_rng(0).permuted(x)[1]


@way
def swapped_bytes(x):
    return (x * x).byteswap().byteswap().sum()


@way
def resized(x):
    y = x * x
    y.resize((2, 2))
    return y[1, 0] + np.resize(x * x, 6)[5]
