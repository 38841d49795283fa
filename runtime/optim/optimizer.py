"""What all optimizers share: groups of parameters with options, a state for each parameter, `step`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from runtime.clearing import clear_gradient
from runtime.errors import SourceADError, StateMismatch
from runtime.hooks import Registered, RemovableHandle
from runtime.modes import enable_grad, no_grad
from runtime.tensor import Tensor


class Optimizer:
    """Base of the optimizers. A subclass gives default options and updates one parameter in `update`.

    `params` are Tensors, or dicts with `params` and options that differ from the defaults. `state` maps a parameter to
    what is remembered of it, as Tensors and numbers. `ways` are the options of how PyTorch computes a step, with their
    defaults: they change no result, and are taken, kept in the groups and printed; only `differentiable` is refused.
    """

    ways: ClassVar[dict[str, Any]] = {}
    # How often `step` was called, for the schedules of the learning rate.
    steps = 0

    def __init__(self, params: Any, defaults: dict[str, Any], ways: dict[str, Any] | None = None) -> None:
        chosen = ways or {}
        unknown = [name for name in chosen if name not in self.ways]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no option {', '.join(unknown)}")
        if chosen.get("differentiable"):
            raise SourceADError(
                "a step of an optimizer is not recorded", "Write the update with operations on Tensors, `w - lr * g`."
            )
        self.defaults = {**defaults, **self.ways, **chosen}
        self._before_step = Registered()
        self._after_step = Registered()
        self.state: dict[Any, dict[str, Any]] = {}
        self.param_groups: list[dict[str, Any]] = []
        given = list(_as_sequence(params))
        if not given:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(given[0], Mapping):
            given = [{"params": given}]
        for group in given:
            self.add_param_group(dict(group))

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Train more parameters, with options of their own where `param_group` has them."""
        given = param_group["params"]
        params = [p[1] if isinstance(p, tuple) else p for p in ([given] if isinstance(given, Tensor) else given)]
        known = {id(p) for group in self.param_groups for p in group["params"]}
        for parameter in params:
            if not isinstance(parameter, Tensor):
                raise TypeError(f"an optimizer trains Tensors, not a {type(parameter).__name__}")
            if not parameter.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor: it was computed from others")
            if id(parameter) in known:
                raise ValueError("some parameters appear in more than one parameter group")
        if len({id(parameter) for parameter in params}) < len(params):
            raise ValueError("a parameter appears twice in one parameter group")
        unknown = [name for name in param_group if name not in self.defaults and name not in ("params", "initial_lr")]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no option {', '.join(unknown)}")
        self.param_groups.append({"params": params, **self.defaults, **{**param_group, "params": params}})

    def update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any], state: dict[str, Any]) -> None:
        """Change one parameter by its gradient."""
        raise NotImplementedError

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step; it may return other arguments as a pair."""
        return RemovableHandle(self._before_step, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return RemovableHandle(self._after_step, hook)

    def step(self, *args: Any, **kwargs: Any) -> Any:
        """Change every parameter that has a gradient. A `closure`, if given, computes the loss and is called first.

        Returns what the closure returned, or None.
        """
        for hook in list(self._before_step.values()):
            replaced = hook(self, args, kwargs)
            if replaced is not None:
                args, kwargs = replaced
        self.steps += 1
        loss = self.advance(*args, **kwargs)
        for hook in list(self._after_step.values()):
            hook(self, args, kwargs)
        return loss

    def advance(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step without the hooks around it."""
        loss = called(closure)
        with no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        self.update(parameter, parameter.grad._data, group, self.state_of(parameter))
        return loss

    def state_of(self, parameter: Tensor) -> dict[str, Any]:
        """What is remembered of a parameter; empty before its first step."""
        return self.state.setdefault(parameter, {})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zero."""
        for group in self.param_groups:
            for parameter in group["params"]:
                clear_gradient(parameter, set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """Options and state, with parameters named by their number in the order of the groups."""
        numbers = {id(p): k for k, p in enumerate(self._all_parameters())}
        groups = [
            {**{key: value for key, value in group.items() if key != "params"},
             "params": [numbers[id(p)] for p in group["params"]]}
            for group in self.param_groups
        ]  # fmt: skip
        state = {numbers[id(p)]: dict(kept) for p, kept in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a copy of what `state_dict` gave. Raises StateMismatch where the groups differ in size."""
        groups = state_dict["param_groups"]
        sizes = [len(group["params"]) for group in self.param_groups]
        if [len(group["params"]) for group in groups] != sizes:
            raise StateMismatch(
                f"the saved optimizer has groups of {[len(g['params']) for g in groups]} parameters, this one {sizes}",
                "Make the optimizer with the same groups of parameters.",
            )
        parameters = self._all_parameters()
        by_number = dict(zip([number for group in groups for number in group["params"]], parameters))
        for mine, theirs in zip(self.param_groups, groups):
            mine.update({key: copy.deepcopy(value) for key, value in theirs.items() if key != "params"})
        self.state = {
            by_number[int(number)]: {key: _in(value, by_number[int(number)]) for key, value in kept.items()}
            for number, kept in state_dict["state"].items()
        }

    def _all_parameters(self) -> list[Tensor]:
        return [parameter for group in self.param_groups for parameter in group["params"]]

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines += [*([""] if number else []), f"Parameter Group {number}"]
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


def called(closure: Callable[[], Any] | None) -> Any:
    """What the closure returns, with recording on; None where there is none."""
    if closure is None:
        return None
    with enable_grad():
        return closure()


def number(value: Any) -> float:
    """A loss or measure as a Python number."""
    return float(value.item() if isinstance(value, Tensor) else value)


def _as_sequence(params: Any) -> Iterable[Any]:
    if isinstance(params, Tensor):
        raise TypeError("an optimizer takes an iterable of Tensors or dicts, not one Tensor")
    return params


def _in(value: Any, parameter: Tensor) -> Any:
    """A copy of a saved value; Tensors get the dtype of the parameter they belong to."""
    if not isinstance(value, Tensor):
        return copy.deepcopy(value)
    array = value._data
    return Tensor.wrap(array.astype(parameter._data.dtype) if array.dtype.kind in "fc" and array.ndim else array.copy())


def buffer(state: dict[str, Any], name: str, parameter: Tensor, fill: float = 0.0) -> np.ndarray:
    """The array that is remembered of a parameter under `name`; of its shape and filled with one number at first."""
    found = state.get(name)
    if found is None:
        found = state[name] = Tensor.wrap(np.full_like(parameter._data, fill))
    return found._data


def decayed(gradient: np.ndarray, data: np.ndarray, group: dict[str, Any]) -> np.ndarray:
    """The gradient, negated for `maximize`, plus `weight_decay` times the parameter."""
    g = -gradient if group["maximize"] else gradient
    return g + group["weight_decay"] * data if group["weight_decay"] else g


def refuse_negative(**options: float) -> None:
    """Raise ValueError for an option below 0."""
    for name, value in options.items():
        if value < 0.0:
            raise ValueError(f"Invalid {name} value: {value}")


def refuse_betas(betas: tuple[float, float]) -> None:
    """Raise ValueError for a rate of forgetting that is not in [0, 1)."""
    for number, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {number}: {beta}")


def memory(parameter: Tensor) -> np.ndarray:
    """The array of a parameter, to be written to at once: operations that kept it will notice."""
    parameter.before_write()
    return parameter._data
