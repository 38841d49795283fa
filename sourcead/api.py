"""The transforms that users call."""

from __future__ import annotations

import functools
import gc
import importlib
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from runtime.kernels import holds_complex, private
from runtime.structure import flatten
from runtime.tensor import Tensor
from sourcead import compiler, driving, pullbacks
from sourcead.backend import recipes
from sourcead.backend.binding import Emitted
from sourcead.backend.module import load
from sourcead.errors import NoEmittedForm, UnknownArgument
from sourcead.frontend.annotations import signature_of
from sourcead.frontend.source import Source, find
from sourcead.frontend.wrappers import spelled_out
from sourcead.options import Checkpoint, Options, asked_again, options_of, with_graph
from sourcead.wrt import Wrt, arguments, is_real, positional

Function = Callable[..., Any]
P = ParamSpec("P")
R = TypeVar("R")


def _collector_paused(transform: Callable[P, R]) -> Callable[P, R]:
    """Hold the garbage collector while a program is written: its trees are many, and soon gone."""

    @functools.wraps(transform)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        enabled = gc.isenabled()
        gc.disable()
        try:
            return transform(*args, **kwargs)
        finally:
            if enabled:
                gc.enable()

    return run


def grad(
    f: Function,
    wrt: Wrt = 0,
    *,
    has_aux: bool = False,
    dynamic: str = "auto",
    strong_zero: bool = False,
    checkpoint: Checkpoint = None,
) -> types.FunctionType:
    """The gradient of a scalar-valued function, as a function of the same arguments.

    `wrt` names the arguments to differentiate by: a position, a name, or a tuple of them (then the result is a tuple
    of gradients). A gradient has the structure, shape and dtype of its argument. With `has_aux` the function returns
    `(value, aux)` and the result is `(gradient, aux)`. `dynamic` says whether calls that can be neither read nor
    looked up may run on the dynamic graph ("auto"), must not ("never"), or whether the whole function does ("always").
    With `strong_zero` a cotangent of zero stays zero also where it meets an infinite or undefined derivative. Calls of
    the function `checkpoint`, or of those in a tuple, are computed again in the reverse sweep, as if they were marked.

    The result is an ordinary function: its `.source` is the module that was written, `.primal` is `f`.

    Raises NoSource, NoRule, UnknownArgument, Unsupported and SharedArray here; NotScalar and NotDifferentiable when
    the result is called.
    """
    return _gradient(f, wrt, has_aux, options_of(dynamic, strong_zero, checkpoint), "grad")


def value_and_grad(
    f: Function,
    wrt: Wrt = 0,
    *,
    has_aux: bool = False,
    dynamic: str = "auto",
    strong_zero: bool = False,
    checkpoint: Checkpoint = None,
) -> types.FunctionType:
    """Like `grad`, with the value in front: `(value, gradient)`, or `((value, aux), gradient)` with `has_aux`."""
    return _gradient(f, wrt, has_aux, options_of(dynamic, strong_zero, checkpoint), "value_and_grad")


@_collector_paused
def _gradient(f: Function, wrt: Wrt, has_aux: bool, options: Options, transform: str) -> types.FunctionType:
    source = spelled_out(find(f))
    names, single = arguments(source, wrt)
    value = transform == "value_and_grad"
    name = f"{_plain_name(source)}_{transform}"
    emitted = with_graph(source, options, lambda o: compiler.gradient(source, names, name, single, value, has_aux, o))
    recipe = {"transform": transform, "wrt": _listed(wrt), "has_aux": has_aux, **asked_again(options)}
    return _loaded(emitted, f, recipe)


@_collector_paused
def adjoint(
    f: Function, wrt: Wrt = 0, *, dynamic: str = "auto", strong_zero: bool = False, checkpoint: Checkpoint = None
) -> types.FunctionType:
    """The reverse-mode function: `(*args, cotangent)` -> cotangents of the arguments `wrt`.

    The cotangent has the structure and shape of the result; another one raises CotangentMismatch.
    """
    source = spelled_out(find(f))
    names, single = arguments(source, wrt)
    options = options_of(dynamic, strong_zero, checkpoint)
    name = f"{_plain_name(source)}_adjoint"
    emitted, _ = with_graph(source, options, lambda o: compiler.adjoint(source, names, name, single, o))
    return _loaded(emitted, f, {"transform": "adjoint", "wrt": _listed(wrt), **asked_again(options)})


@_collector_paused
def tangent(f: Function, wrt: Wrt = 0, *, dynamic: str = "auto", checkpoint: Checkpoint = None) -> types.FunctionType:
    """The forward-mode function: `(*args, *tangents)` -> `(value, tangent)`."""
    source = spelled_out(find(f))
    names, _ = arguments(source, wrt)
    name, options = f"{_plain_name(source)}_tangent", options_of(dynamic, False, checkpoint)
    emitted, _ = with_graph(source, options, lambda o: compiler.tangent(source, names, name, o))
    return _loaded(emitted, f, {"transform": "tangent", "wrt": _listed(wrt), **asked_again(options, False)})


@_collector_paused
def jacobian(
    f: Function, wrt: Wrt = 0, *, mode: str = "auto", dynamic: str = "auto", checkpoint: Checkpoint = None
) -> types.FunctionType:
    """The Jacobian: for arrays an array of the shape `out.shape + in.shape`.

    For containers it has the structure of the result, and at each leaf of it the structure of the argument (a tuple
    where `wrt` is one). `mode` says which sweeps compute it: "fwd" takes one for each element of the arguments, "rev"
    one for each element of the result, "auto" the fewer of both. It is a function like any other: its own `jacobian`
    holds the second derivatives.

    Raises what `tangent` and `adjoint` raise, and NotDifferentiable for complex numbers.
    """
    if mode not in ("auto", "fwd", "rev"):
        raise ValueError(f'mode is "auto", "fwd" or "rev", not {mode!r}')
    source = spelled_out(find(f))
    names, single = arguments(source, wrt)
    name = f"{_plain_name(source)}_jacobian"
    options = options_of(dynamic, False, checkpoint)
    emitted = with_graph(source, options, lambda o: driving.jacobian(source, f, names, name, single, mode, o))
    recipe = {"transform": "jacobian", "wrt": _listed(wrt), "mode": mode, **asked_again(options, False)}
    return _loaded(emitted, f, recipe)


def jacfwd(f: Function, wrt: Wrt = 0, *, dynamic: str = "auto", checkpoint: Checkpoint = None) -> types.FunctionType:
    """`jacobian` by forward mode: cheap where there are few inputs."""
    return jacobian(f, wrt, mode="fwd", dynamic=dynamic, checkpoint=checkpoint)


def jacrev(f: Function, wrt: Wrt = 0, *, dynamic: str = "auto", checkpoint: Checkpoint = None) -> types.FunctionType:
    """`jacobian` by reverse mode: cheap where there are few outputs."""
    return jacobian(f, wrt, mode="rev", dynamic=dynamic, checkpoint=checkpoint)


@_collector_paused
def hessian(f: Function, wrt: Wrt = 0, *, dynamic: str = "auto", checkpoint: Checkpoint = None) -> types.FunctionType:
    """The second derivatives of a scalar-valued function: the Jacobian, by forward mode, of its gradient.

    For one array `x` the result has the shape `x.shape + x.shape`; where `wrt` is a tuple, it is a tuple of tuples.
    """
    return _of_gradient(driving.hessian, f, wrt, options_of(dynamic, False, checkpoint), "hessian")


@_collector_paused
def hvp(f: Function, wrt: Wrt = 0, *, dynamic: str = "auto", checkpoint: Checkpoint = None) -> types.FunctionType:
    """The product of the Hessian and a vector: `hvp(f)(*args, v)`, the tangent of the gradient along `v`.

    `v` has the structure and shape of the argument (a tuple where `wrt` is one); it is given by keyword where `f` has
    defaults or `*args`. The cost is a small multiple of that of `f`, whatever the size of the argument.
    """
    return _of_gradient(driving.vector_product, f, wrt, options_of(dynamic, False, checkpoint), "hvp")


def _of_gradient(
    write: Callable[..., Emitted], f: Function, wrt: Wrt, asked: Options, transform: str
) -> types.FunctionType:
    """What is written about the gradient of a function, as a function of its own."""
    source = spelled_out(find(grad(f, wrt, dynamic=asked.dynamic, checkpoint=asked.checkpoint)))
    names, single = arguments(source, wrt)
    plain = _plain_name(find(f))
    # What "always" asks of the function stands in the text of its gradient.
    options = options_of("auto" if asked.dynamic == "always" else asked.dynamic)
    name = f"{plain}_{transform}"
    emitted = with_graph(source, options, lambda o: write(source, names, name, plain, single, o))
    return _loaded(emitted, f, {"transform": transform, "wrt": _listed(wrt), **asked_again(asked, False)})


def vjp(
    f: Function,
    *primals: Any,
    dynamic: str = "auto",
    strong_zero: bool = False,
    checkpoint: Checkpoint = None,
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value of `f(*primals)`, and the pullback: a cotangent of the value -> a tuple with one cotangent a primal.

    A primal that holds no floating-point number has the cotangent None. `dynamic` and `strong_zero` as in `grad`.
    """
    source = spelled_out(find(f))
    names = positional(source, len(primals))
    active = tuple(n for n, p in zip(names, primals) if is_real(p))
    if not active:
        raise UnknownArgument("no argument holds a floating-point number", "Pass floats or arrays of floats.")
    given = any(holds_complex(p) for p in primals)
    options = options_of(dynamic, strong_zero, checkpoint)
    name = f"{_plain_name(source)}_vjp"
    emitted = with_graph(source, options, lambda o: pullbacks.pullback(source, active, name, o, given))
    run = _loaded(emitted, f, None)
    if run.reading == "arrays" and _holds_tensors(primals):  # type: ignore[attr-defined]
        return vjp(f, *primals, dynamic="always", strong_zero=strong_zero)
    kept = tuple(private(p) for p in primals)
    value, pullback = run(*(private(p) for p in primals))
    unused = [pullback]

    def all_cotangents(cotangent: Any) -> tuple[Any, ...]:
        # A reverse sweep uses up what the forward sweep saved, so a second pullback needs a forward sweep of its own.
        given = pullbacks.separate((unused.pop() if unused else run(*kept)[1])(cotangent), cotangent)
        found = iter((given,) if len(active) == 1 else given)
        return tuple(next(found) if n in active else None for n in names)

    return value, all_cotangents


def jvp(
    f: Function,
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    dynamic: str = "auto",
    checkpoint: Checkpoint = None,
) -> tuple[Any, Any]:
    """The value of `f(*primals)` and its tangent in the direction `tangents`; None for an argument held fixed.

    `dynamic` as in `grad`.
    """
    source = spelled_out(find(f))
    names = positional(source, len(primals))
    active = tuple(n for n, t in zip(names, tangents, strict=True) if t is not None)
    moved = [t for t in tangents if t is not None]
    mixed = any(holds_complex(p) for p in (*primals, *moved))
    name, options = f"{_plain_name(source)}_tangent", options_of(dynamic, False, checkpoint)
    emitted, given = with_graph(source, options, lambda o: compiler.tangent(source, active, name, o, mixed))
    filled = [p.default for p in list(signature_of(f).parameters.values())[len(primals) :] if _is_given(p)]
    run = _loaded(emitted, f, None)
    if run.reading == "arrays" and _holds_tensors((*primals, *moved)):  # type: ignore[attr-defined]
        return jvp(f, primals, tangents, dynamic="always")
    return run(*primals, *filled, **dict(zip(given, moved)))


def explain(f: Function, wrt: Wrt = 0, *args: Any, has_aux: bool = False, dynamic: str = "auto", **kwargs: Any) -> Any:
    """What becomes of every line of a function, and of those that it calls, in its gradient: a `Report`.

    For each line: whether it is emitted, runs on the dynamic graph, or is inactive, and why; which variables carry a
    derivative; which values are kept for the reverse sweep, and whose adjoint reads them. Printed it is a table. With
    arguments the gradient runs at them, and the bytes that each line keeps are told too. `df.explain()` is the same
    for a function that a transform returned.

    Raises what `grad` raises.
    """
    found = _explained("grad", f, wrt, has_aux, dynamic)
    if not args and not kwargs:
        return found
    profile = importlib.import_module("sourcead.report.timing").profile
    run = profile(grad(f, wrt, has_aux=has_aux, dynamic=dynamic), *args, calls=1, **kwargs)
    return importlib.import_module("sourcead.report.explaining").weighed(found, run)


@_collector_paused
def _explained(
    transform: str, f: Function, wrt: Wrt, has_aux: bool, dynamic: str, checkpoint: Checkpoint = None
) -> Any:
    # Loaded when it is first needed, so that importing the package stays quick.
    explaining = importlib.import_module("sourcead.report.explaining")
    source = spelled_out(find(f))
    names, single = arguments(source, wrt)
    plain, options = _plain_name(source), options_of(dynamic, False, checkpoint)
    title = f"{transform} of {source.name} with respect to {', '.join(names)}"
    if transform in ("adjoint", "tangent", "jacobian"):
        emitted, _ = with_graph(source, options, lambda o: compiler.adjoint(source, names, plain, single, o))
        return explaining.report(emitted, title, transform == "tangent")
    emitted = with_graph(source, options, lambda o: compiler.gradient(source, names, plain, single, False, has_aux, o))
    return explaining.report(emitted, title)


def _holds_tensors(values: tuple[Any, ...]) -> bool:
    return any(isinstance(leaf, Tensor) for leaf in flatten(values)[0])


def _is_given(parameter: inspect.Parameter) -> bool:
    return parameter.kind is parameter.POSITIONAL_OR_KEYWORD or parameter.kind is parameter.POSITIONAL_ONLY


def _plain_name(source: Source) -> str:
    return source.name if source.name.isidentifier() else "function"


def _listed(wrt: Wrt) -> Any:
    return list(wrt) if isinstance(wrt, tuple) else wrt


def _loaded(emitted: Emitted, f: Function, recipe: dict[str, Any] | None) -> types.FunctionType:
    home = _home(f)
    whole = {**recipe, **home} if recipe is not None and home is not None else None
    if whole is not None and "checkpoint" in whole:
        homes = [_home(function) for function in whole["checkpoint"]]
        whole = {**whole, "checkpoint": homes} if all(homes) else None
    made = load(emitted, primal=f, recipe=whole)
    if recipe is not None and made.reading == "arrays":  # type: ignore[attr-defined]
        made.for_tensors = functools.lru_cache(1)(functools.partial(_for_tensors, f, recipe))  # type: ignore[attr-defined]
    if recipe is not None:
        wrt = tuple(recipe["wrt"]) if isinstance(recipe["wrt"], list) else recipe["wrt"]
        asked = recipe["transform"], f, wrt, recipe.get("has_aux", False), recipe["dynamic"], recipe.get("checkpoint")
        made.explain = functools.partial(_explained, *asked)  # type: ignore[attr-defined]
    return made


def _home(f: Function) -> dict[str, str] | None:
    """Where a function can be imported from; None where it cannot."""
    module, name = getattr(f, "__module__", None), getattr(f, "__qualname__", None)
    if not isinstance(f, types.FunctionType) or module is None or name is None or "<" in name:
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return {"module": module, "name": name} if found is f else None


def _for_tensors(f: Function, recipe: dict[str, Any]) -> types.FunctionType:
    """The function of a recipe for calls on Tensors, where methods in the text mean something else than of arrays.

    The whole function runs on the dynamic graph, on Tensors. Of an emitted function it is the derivative of that one
    for Tensors.
    """
    if recipe["dynamic"] == "never" or recipe["transform"] == "jacobian":
        raise NoEmittedForm(
            f"a method in the text of `{f.__name__}` means one thing of arrays and another of Tensors",
            'Write it as a function, as in `np.std(x)` or `torch.std(x)`, or ask for dynamic="auto" and gradients.',
        )
    if getattr(f, "reading", "either") == "arrays":
        return _made(f.for_tensors(), recipe)  # type: ignore[attr-defined]
    return _made(f, {**recipe, "dynamic": "always"})


def _rebuilt(recipe: dict[str, Any]) -> types.FunctionType:
    """The function of a recipe, derived again."""
    again = tuple(map(_imported, recipe["checkpoint"])) if "checkpoint" in recipe else None
    return _made(_imported(recipe), recipe if again is None else {**recipe, "checkpoint": again})


def _imported(home: dict[str, Any]) -> Any:
    found: Any = importlib.import_module(home["module"])
    for part in home["name"].split("."):
        found = getattr(found, part)
    return found


def _made(f: Function, recipe: dict[str, Any]) -> types.FunctionType:
    wrt = tuple(recipe["wrt"]) if isinstance(recipe["wrt"], list) else recipe["wrt"]
    options = {k: v for k, v in recipe.items() if k in ("has_aux", "dynamic", "mode", "strong_zero", "checkpoint")}
    transforms = {t.__name__: t for t in (grad, value_and_grad, adjoint, tangent, jacobian, hessian, hvp)}
    return transforms[recipe["transform"]](f, wrt, **options)


# In a function that is differentiated itself: of a known function the derivative is written at once, and on the dynamic
# graph these are called as they are, not traced.
_transform: Any
for _transform in (grad, value_and_grad, adjoint, tangent, jacobian, jacfwd, jacrev, hessian, hvp):
    _transform.marks_functions = _transform.takes_traced = True
for _transform in (vjp, jvp, explain):
    _transform.takes_traced = True
recipes.register_rebuild(_rebuilt)

__all__ = [
    "adjoint",
    "explain",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "tangent",
    "value_and_grad",
    "vjp",
]
