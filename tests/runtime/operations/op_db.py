"""Every operation of PyTorch's own table of test samples, `op_db`, beside the function of that name here.

`python tests/runtime/operations/op_db.py [names]` prints what is equal, refused, different and missing; it needs torch
and expecttest. Values are compared for float64, float32, int64 and bool, gradients for float64.
"""

import sys
import warnings

import numpy as np

import runtime

# Names that are not public functions, or that are not about arrays on the CPU.
LEFT_OUT = ("_", "masked.", "signal.", "torch.", "ops.", "sparse.", "jiterator")
# What differs by intent or by the sample, with the reason.
KNOWN = {
    "T": "a property, as are H, mT and mH",
    "H": "a property",
    "mT": "a property",
    "mH": "a property",
    "as_strided": "the sample takes more of the memory of a view than the view; here that is refused",
    "cholesky_inverse": "the sample is no triangular matrix, of which PyTorch's gradient reads both triangles",
    "cholesky_solve": "the sample is no triangular matrix, of which PyTorch's gradient reads both triangles",
    "cov": "weights in float32 are rounded in another order",
    "linalg.eigvalsh": "of a matrix that is not symmetric one triangle is read, and only that has a gradient",
    "linalg.eigh": "of a matrix that is not symmetric one triangle is read, and only that has a gradient",
    "linalg.pinv": "of a matrix that is not symmetric hermitian=True reads one triangle, and only that has a gradient",
    "linalg.svd": "of a matrix without elements nothing carries a derivative",
    "svd": "of a matrix without elements nothing carries a derivative",
    "nn.functional.batch_norm": "a vector without elements has no channels",
    "nn.functional.avg_pool1d": "the mean of integers is not cut to an integer",
    "nn.functional.avg_pool2d": "the mean of integers is not cut to an integer",
    "nn.functional.avg_pool3d": "the mean of integers is not cut to an integer",
    "nn.functional.local_response_norm": "the response of integers is not cut to an integer",
    "nn.functional.scaled_dot_product_attention": "samples with dropout draw other random numbers",
    "nn.functional.triplet_margin_with_distance_loss": "the sample's distance is a function of torch's own Tensors",
    "nn.functional.ctc_loss": "the gradient of log_probs is their own; PyTorch's adds what vanishes behind log_softmax",
    "nn.functional.feature_alpha_dropout": "draws other random numbers",
    "nn.functional.grid_sample": "the mode bicubic is refused",
    "nn.functional.max_unpool1d": "an element that two windows found is written once, and one place takes its gradient",
    "nn.functional.max_unpool2d": "an element that two windows found is written once, and one place takes its gradient",
    "nn.functional.max_unpool3d": "an element that two windows found is written once, and one place takes its gradient",
    "nn.functional.fractional_max_pool2d": "draws other random numbers",
    "nn.functional.fractional_max_pool3d": "draws other random numbers",
    "linalg.householder_product": "the product of no reflections carries no derivative",
    "svd_lowrank": "the sample's function takes two factors of the matrix",
    "pca_lowrank": "the sample's function takes two factors of the matrix",
    "special.bessel_j0": "PyTorch's approximation is off in the sixth digit near zeros",
    "special.bessel_y1": "PyTorch's approximation is off in the sixth digit near zeros",
    "nn.functional.embedding": "sparse is refused",
    "nn.functional.embedding_bag": "sparse and scale_grad_by_freq are refused",
    "nn.functional.rrelu": "draws other random numbers",
    "nn.functional.dropout": "draws other random numbers",
    "nn.functional.dropout2d": "draws other random numbers",
    "nn.functional.dropout3d": "draws other random numbers",
    "nn.functional.alpha_dropout": "draws other random numbers",
    "normal": "draws other random numbers",
    "sum_to_size": "a bool that is given its own shape stays a bool",
    "where": "the sample's function takes its arguments in another order",
    "zero_": "the sample writes to a leaf",
}
# Samples of another function than the one of this name.
VARIANTS = {"singular", "partial_views", "grad_oriented"}
# Only types and shapes are compared.
RANDOM = set(
    "empty empty_like new_empty rand_like randn_like randint_like bernoulli multinomial uniform randn randint rand"
    " exponential cauchy geometric log_normal randperm empty_permuted new_empty_strided".split()
)
# Only gradients of what does not depend on the sign or order that the library chooses.
FREE = set("svd linalg.svd linalg.eigh linalg.eig linalg.qr qr linalg.eigvals linalg.lu linalg.lu_factor".split())
UNORDERED = set("sort argsort topk kthvalue mode msort".split())
SAMPLES = 60


def resolve(name):
    """The function of a name of PyTorch here; a method where there is no function. None where there is neither."""
    found = runtime
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is None or isinstance(found, runtime.dtypes.dtype):
        found = getattr(runtime.Tensor, name, None)
    return found


class Converted:
    """Arguments of a sample as ours; `pairs` has the tracked ones, theirs and ours."""

    def __init__(self, torch, tracked):
        self._torch, self._tracked = torch, tracked
        self.pairs = []

    def __call__(self, x):
        if isinstance(x, self._torch.Tensor):
            ours = runtime.from_numpy(np.array(x.detach().resolve_conj().resolve_neg().numpy(), order="A"))
            if x.requires_grad and self._tracked:
                self.pairs.append((x, ours.requires_grad_()))
            return ours
        if isinstance(x, self._torch.dtype):
            return getattr(runtime, repr(x).removeprefix("torch."), x)
        if isinstance(x, self._torch.Size):
            return tuple(x)
        if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
            return type(x)(map(self, x))
        if isinstance(x, dict):
            return {key: self(value) for key, value in x.items()}
        if isinstance(x, slice):
            return slice(self(x.start), self(x.stop), self(x.step))
        return str(x) if isinstance(x, self._torch.device) else x


def leaves(z):
    return [leaf for part in z for leaf in leaves(part)] if isinstance(z, (list, tuple)) else [z]


def array(t):
    return t.detach().resolve_conj().resolve_neg().numpy(force=True)


def compare_values(torch, name, ours, theirs):
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    for a, b in zip(ours, theirs):
        if not isinstance(b, torch.Tensor):
            assert callable(b) or a == b, (a, b)
            continue
        assert repr(a.dtype) == repr(b.dtype), f"dtype {a.dtype} {b.dtype}"
        assert tuple(a.shape) == tuple(b.shape), f"shape {a.shape} {b.shape}"
        if name in RANDOM or name in FREE or b.dtype == torch.int64 and name in UNORDERED:
            continue
        tolerance = 1e-7 if b.dtype in (torch.float64, torch.complex128) else 0 if not b.is_floating_point() else 1e-3
        tolerance = 1e-3 if b.dtype == torch.complex64 else tolerance
        np.testing.assert_allclose(array(a), array(b), rtol=tolerance, atol=tolerance)


def weighted(module, parts, free):
    """A sum of the results with weights; one of their sizes that knows no order where signs and order are free."""
    if free:
        return sum(((part.abs() ** 4).sum() for part in parts), 0.0)
    total = 0.0
    for k, part in enumerate(parts):
        weights = np.cos(np.arange(int(np.prod(part.shape))) + k).reshape(tuple(part.shape))
        real = part.abs() ** 2 if part.is_complex() else part
        total = total + (real * module.from_numpy(weights)).sum()
    return total


def compare_gradients(torch, name, ours, theirs, pairs):
    chosen = [k for k, b in enumerate(theirs) if isinstance(b, torch.Tensor) and b.requires_grad]
    chosen = [k for k in chosen if theirs[k].dtype in (torch.float64, torch.complex128)]
    if not chosen or not pairs:
        return
    free = name in FREE
    expected = torch.autograd.grad(
        weighted(torch, [theirs[k] for k in chosen], free), [x for x, _ in pairs], allow_unused=True
    )
    found = runtime.autograd.grad(
        weighted(runtime, [ours[k] for k in chosen], free), [x for _, x in pairs], allow_unused=True
    )
    for a, b, (_, x) in zip(found, expected, pairs):
        blank = np.zeros(tuple(x.shape))
        a, b = (blank if g is None else array(g) for g in (a, b))
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6, err_msg="gradient")


def tried(torch, op, function, sample, tracked):
    """None where a sample is equal, else "refused" or "different" with the reason."""
    theirs = leaves(op.op(sample.input, *sample.args, **sample.kwargs))
    convert = Converted(torch, tracked)
    try:
        args = convert((sample.input, *sample.args))
        if op.name == "einsum":
            args = (args[1], *args[0])
        if op.name.startswith("nn.functional.embedding"):
            args = (args[1], args[0], *args[2:])
        ours = leaves(function(*args, **convert(sample.kwargs)))
        ours = ours[: len(theirs)]
        compare_values(torch, op.name, ours, theirs)
        if tracked:
            compare_gradients(torch, op.name, ours, theirs, convert.pairs)
    except AssertionError as error:
        return "different", " ".join(str(error).split())[:300]
    except (RuntimeError, TypeError, ValueError, IndexError, AttributeError, NotImplementedError, KeyError) as error:
        return "refused", f"{type(error).__name__}: {error}"[:300]
    return None


def samples_of(torch, op, dtype, tracked):
    for sample in list(op.sample_inputs("cpu", dtype, requires_grad=tracked))[:SAMPLES]:
        try:
            op.op(sample.input, *sample.args, **sample.kwargs)
        except (RuntimeError, TypeError, ValueError, IndexError):
            continue
        yield sample


def results(names=()):
    """Name of an operation -> None where all samples are equal, "missing", or the first thing that is not equal."""
    import torch
    from torch.testing._internal.common_methods_invocations import op_db

    found = {}
    for op in op_db:
        if op.name.startswith(LEFT_OUT) or names and op.name not in names or op.variant_test_name in VARIANTS:
            continue
        function = resolve(op.name)
        if function is None:
            found[op.name] = ("missing", "")
            continue
        found.setdefault(op.name, None)
        for dtype in (torch.float64, torch.float32, torch.int64, torch.bool):
            if dtype not in op.supported_dtypes("cpu"):
                continue
            tracked = dtype == torch.float64 and op.supports_autograd
            for sample in samples_of(torch, op, dtype, tracked):
                if found[op.name] is None:
                    found[op.name] = tried(torch, op, function, sample, tracked)
    return found


def main(names):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = results(names)
    groups = {}
    for name, answer in found.items():
        kind = "equal" if answer is None else "known" if name in KNOWN else answer[0]
        groups.setdefault(kind, []).append(name)
    for kind in ("refused", "different"):
        for name in groups.get(kind, ()):
            print(f"{kind:10}{name}: {found[name][1]}")
    print("missing   ", " ".join(groups.get("missing", ())))
    print({kind: len(group) for kind, group in groups.items()})


if __name__ == "__main__":
    main(sys.argv[1:])
