"""Dynamic regions as operations with rules, so that a derivative that runs one is differentiated like any other.

`vjp` gives a value and a pullback. Seen as an operation on its primals it has two results, and the second is a
function of the primals too: its tangent and its cotangent are those of the primals that it was made at. The rules
of these operations are made of the operations themselves, so every order follows. A part of a cotangent that may be
the number 0.0 is written out with `own`, because at the next order it is a value that is traced.
"""

from __future__ import annotations

import functools
from typing import Any

from runtime.errors import NotDifferentiable
from runtime.kernels import accumulate, own, private
from runtime.primitives.registry import forward, inactive, reverse, view
from runtime.transforms import Pullback, jvp, refuse_again, vjp


def recorded(fn: Any, primals: Any) -> tuple[Any, Pullback]:
    """`vjp(fn, *primals)`: the value, and the pullback at these primals, whatever is written to them later."""
    value, found = vjp(fn, *primals)
    made = Pullback(fn, private(primals))
    made.__dict__["run"] = found.__dict__["run"]
    return value, made


def pulled_back(given: Any) -> tuple[Any, ...]:
    """`pullback(cotangent)` for the pair of both."""
    pullback, cotangent = given
    if not isinstance(pullback, Pullback):
        raise NotDifferentiable(
            f"a {type(pullback).__name__} that carries a derivative is called, and how it varies is not known",
            "Pass what varies as an argument, and keep the function itself fixed.",
        )
    return pullback(cotangent)


def pushed(fn: Any, given: Any) -> tuple[Any, Any]:
    """`jvp(fn, primals, tangents)` for the pair of both: the value and its tangent."""
    primals, tangents = given
    # The same function runs for its value and pullback too.
    refuse_again(primals)
    return jvp(fn, primals, tangents)


def applied(pullback: Pullback, cotangent: Any) -> tuple[Any, ...]:
    """A pullback as a function of itself."""
    return pullback(cotangent)


def pushing(fn: Any) -> Any:
    """`jvp` of one function, as a function of the primals and their tangents."""
    return functools.partial(jvp, fn)


inactive(pushing)


@reverse(recorded, wrt="primals")
def recorded_primals(z_bar, z, fn, primals):
    # The pullback is the named tuple (fn, primals), and so is its cotangent.
    return accumulate(pulled_back((z[1], own(z_bar[0], z[0]))), own(z_bar[1], z[1])[1])


@forward(recorded, wrt="primals")
def recorded_primals_dot(primals_dot, z, fn, primals):
    return (pushed(fn, (primals, primals_dot))[1], (0.0, private(primals_dot)))


@reverse(pulled_back, wrt="given")
def pulled_back_given(z_bar, z, given):
    return pulled_back((recorded(applied, given)[1], own(z_bar, z)))


@forward(pulled_back, wrt="given")
def pulled_back_given_dot(given_dot, z, given):
    return pushed(applied, (given, given_dot))[1]


@reverse(pushed, wrt="given")
def pushed_given(z_bar, z, fn, given):
    return pulled_back((recorded(pushing(fn), given)[1], own(z_bar, z)))


@forward(pushed, wrt="given")
def pushed_given_dot(given_dot, z, fn, given):
    return pushed(pushing(fn), (given, given_dot))[1]


# A function may give back what it is given, and so the value is that.
view(recorded, of="primals")
view(pushed, of="given")
