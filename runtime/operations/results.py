"""Results of several parts, with names, printed as PyTorch prints them."""

from __future__ import annotations

from collections import namedtuple


class _Printed:
    __slots__ = ()

    def __repr__(self) -> str:
        parts = ",\n".join(f"{name}={getattr(self, name)!r}" for name in self._fields)  # type: ignore[attr-defined]
        return f"torch.return_types.{type(self).__name__}(\n{parts})"


class max(_Printed, namedtuple("max", ["values", "indices"])):
    """Largest elements along an axis and where they stand."""

    __slots__ = ()


class min(_Printed, namedtuple("min", ["values", "indices"])):
    """Smallest elements along an axis and where they stand."""

    __slots__ = ()


class aminmax(_Printed, namedtuple("aminmax", ["min", "max"])):
    """Smallest and largest elements."""

    __slots__ = ()


class median(_Printed, namedtuple("median", ["values", "indices"])):
    """Lower middle elements along an axis and where they stand."""

    __slots__ = ()


class nanmedian(_Printed, namedtuple("nanmedian", ["values", "indices"])):
    """Lower middle elements along an axis and where they stand, NaN left out."""

    __slots__ = ()


class mode(_Printed, namedtuple("mode", ["values", "indices"])):
    """Most frequent elements along an axis and where one of each stands."""

    __slots__ = ()


class sort(_Printed, namedtuple("sort", ["values", "indices"])):
    """Sorted elements and where they stood."""

    __slots__ = ()


class topk(_Printed, namedtuple("topk", ["values", "indices"])):
    """The largest or smallest elements and where they stood."""

    __slots__ = ()


class kthvalue(_Printed, namedtuple("kthvalue", ["values", "indices"])):
    """The k-th smallest elements and where they stand."""

    __slots__ = ()


class cummax(_Printed, namedtuple("cummax", ["values", "indices"])):
    """Largest elements so far and where they stand."""

    __slots__ = ()


class cummin(_Printed, namedtuple("cummin", ["values", "indices"])):
    """Smallest elements so far and where they stand."""

    __slots__ = ()


class frexp(_Printed, namedtuple("frexp", ["mantissa", "exponent"])):
    """Numbers in [0.5, 1) and the powers of 2 that they are multiplied with."""

    __slots__ = ()


class linalg_slogdet(_Printed, namedtuple("linalg_slogdet", ["sign", "logabsdet"])):
    """Sign and logarithm of the size of a determinant."""

    __slots__ = ()


class linalg_qr(_Printed, namedtuple("linalg_qr", ["Q", "R"])):
    """A matrix with orthonormal columns and an upper triangular one."""

    __slots__ = ()


class linalg_svd(_Printed, namedtuple("linalg_svd", ["U", "S", "Vh"])):
    """Left singular vectors, singular values, right singular vectors as rows."""

    __slots__ = ()


class svd(_Printed, namedtuple("svd", ["U", "S", "V"])):
    """Left singular vectors, singular values, right singular vectors as columns."""

    __slots__ = ()


class linalg_eigh(_Printed, namedtuple("linalg_eigh", ["eigenvalues", "eigenvectors"])):
    """Eigenvalues of a symmetric matrix and eigenvectors as columns."""

    __slots__ = ()


class linalg_eig(_Printed, namedtuple("linalg_eig", ["eigenvalues", "eigenvectors"])):
    """Eigenvalues and eigenvectors as columns, both complex."""

    __slots__ = ()


class linalg_lstsq(_Printed, namedtuple("linalg_lstsq", ["solution", "residuals", "rank", "singular_values"])):
    """Solution of least squares, sums of squared residuals, rank, singular values."""

    __slots__ = ()


class linalg_cholesky_ex(_Printed, namedtuple("linalg_cholesky_ex", ["L", "info"])):
    """Cholesky factor, and 0 or the order of the minor that is not positive."""

    __slots__ = ()


class linalg_inv_ex(_Printed, namedtuple("linalg_inv_ex", ["inverse", "info"])):
    """Inverse, and 0 or the number of a zero pivot."""

    __slots__ = ()


class linalg_lu(_Printed, namedtuple("linalg_lu", ["P", "L", "U"])):
    """Permutation, unit lower triangular and upper triangular matrices."""

    __slots__ = ()


class histogram(_Printed, namedtuple("histogram", ["hist", "bin_edges"])):
    """Counts of bins and the edges between them."""

    __slots__ = ()


class linalg_solve_ex(_Printed, namedtuple("linalg_solve_ex", ["result", "info"])):
    """Solution of linear equations, and 0."""

    __slots__ = ()


class linalg_lu_factor_ex(_Printed, namedtuple("linalg_lu_factor_ex", ["LU", "pivots", "info"])):
    """Both triangular factors in one matrix, the rows exchanged, and 0."""

    __slots__ = ()


class lu_unpack(_Printed, namedtuple("lu_unpack", ["P", "L", "U"])):
    """Permutation, unit lower triangular and upper triangular matrices."""

    __slots__ = ()


class triangular_solve(_Printed, namedtuple("triangular_solve", ["solution", "cloned_coefficient"])):
    """Solution of linear equations, and a copy of the matrix."""

    __slots__ = ()


class linalg_lu_factor(_Printed, namedtuple("linalg_lu_factor", ["LU", "pivots"])):
    """Both triangular factors in one matrix, and the rows exchanged."""

    __slots__ = ()


class slogdet(linalg_slogdet):
    """Sign and logarithm of the size of a determinant."""

    __slots__ = ()


class qr(linalg_qr):
    """A matrix with orthonormal columns and an upper triangular one."""

    __slots__ = ()
