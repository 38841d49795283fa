"""Rules of putting Jacobians together, so that a Jacobian is differentiated again."""

from __future__ import annotations

from runtime.kernels import (
    columns_of_jacobian,
    elements,
    jacobian_of_columns,
    jacobian_of_rows,
    rows_of_jacobian,
    unit_at,
)
from runtime.primitives.registry import call, inactive, samples, transpose
from runtime.primitives.sampling import normal

inactive(elements, unit_at)


@transpose(jacobian_of_columns, wrt="columns")
def jacobian_of_columns_columns(z_bar, z, columns, y, x):
    return columns_of_jacobian(z_bar, y, x)


@transpose(columns_of_jacobian, wrt="jacobian")
def columns_of_jacobian_jacobian(z_bar, z, jacobian, y, x):
    return jacobian_of_columns(z_bar, y, x)


@transpose(jacobian_of_rows, wrt="rows")
def jacobian_of_rows_rows(z_bar, z, rows, y, x):
    return rows_of_jacobian(z_bar, y, x)


@transpose(rows_of_jacobian, wrt="jacobian")
def rows_of_jacobian_jacobian(z_bar, z, jacobian, y, x):
    return jacobian_of_rows(z_bar, y, x)


samples(jacobian_of_columns, lambda: [call([normal(2), normal(2), normal(2)], normal(2), normal(3))])
samples(jacobian_of_rows, lambda: [call([normal(3), normal(3)], normal(2), normal(3))])
samples(columns_of_jacobian, lambda: [call(normal(2, 3), normal(2), normal(3))])
samples(rows_of_jacobian, lambda: [call(normal(2, 3), normal(2), normal(3))])
