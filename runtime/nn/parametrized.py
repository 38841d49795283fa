"""Parameters that are computed from others whenever they are read, under the names of `torch.nn.utils.parametrize`.

A parametrized Module gets a class of its own, in which the parameter's name is a property. What is trained stands in
`parametrizations.<name>.original`, or in `original0`, `original1`, ... where it consists of several Tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runtime.errors import SourceADError
from runtime.modes import no_grad
from runtime.nn.containers import ModuleDict, ModuleList
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter
from runtime.tensor import Tensor


class ParametrizationList(ModuleList):
    """The Modules through which a parameter is computed, in order, and what they start from."""

    def __init__(self, modules: Sequence[Module], original: Tensor) -> None:
        super().__init__(modules)
        value = _inverted(self, original)
        self.is_tensor = isinstance(value, Tensor)
        for name, part in self._parts_of(value):
            if not isinstance(original, Parameter):
                self.register_buffer(name, part.detach())
            elif self.is_tensor:
                # The same Parameter, which an optimizer may know already.
                original.data = part.detach()
                self.register_parameter(name, original)
            else:
                self.register_parameter(name, Parameter(part.detach().clone(), original.requires_grad))

    def _parts_of(self, value: Any) -> list[tuple[str, Any]]:
        return [("original", value)] if self.is_tensor else [(f"original{k}", part) for k, part in enumerate(value)]

    def originals(self) -> list[Any]:
        """What the first Module is given."""
        own = {**self._parameters, **self._buffers}
        return [own[name] for name in sorted(own, key=lambda name: int(name.removeprefix("original") or 0))]

    def forward(self) -> Any:
        """The parameter."""
        first, *others = self
        value = first(*self.originals())
        for part in others:
            value = part(value)
        return value

    def set_from(self, value: Any) -> None:
        """Change what is started from so that the parameter becomes `value`, as far as the Modules can go back."""
        with no_grad():
            for (_, part), own in zip(self._parts_of(_inverted(self, value)), self.originals(), strict=True):
                own.copy_(part)


def _inverted(modules: ModuleList, value: Any) -> Any:
    """What the Modules start from to arrive at `value`: through `right_inverse` where they have it."""
    with no_grad():
        for part in reversed(list(modules)):
            if hasattr(part, "right_inverse"):
                value = part.right_inverse(value)
    return value


def _property(name: str) -> property:
    def read(self: Any) -> Any:
        return self.parametrizations[name]()

    def write(self: Any, value: Any) -> None:
        self.parametrizations[name].set_from(value)

    return property(read, write)


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> Any:
    """Compute a parameter or buffer of a Module by `parametrization(original)` from now on; returns the Module.

    A second one is applied to the result of the first. A `right_inverse` of it takes the value that the parameter has
    to the original, or to a tuple of several. Raises ValueError for a name that the Module does not own, and, unless
    `unsafe`, where the computed value has another shape or type.
    """
    if is_parametrized(module, tensor_name):
        module.parametrizations[tensor_name].append(parametrization)
    elif tensor_name in module._parameters or tensor_name in module._buffers:
        original = getattr(module, tensor_name)
        before = original.detach().clone()
        parts = ParametrizationList([parametrization], original)
        if not unsafe:
            _check(parts, before)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            kind = type(module)
            module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), {})
            module.parametrizations = ModuleDict()
        module.parametrizations[tensor_name] = parts
        setattr(type(module), tensor_name, _property(tensor_name))
    else:
        raise ValueError(f"{type(module).__name__} has no parameter or buffer `{tensor_name}` to parametrize")
    if parametrization.training != module.training:
        parametrization.train(module.training)
    return module


def _check(parts: ParametrizationList, before: Tensor) -> None:
    with no_grad():
        found = parts()
    if not isinstance(found, Tensor) or found.shape != before.shape or found.dtype != before.dtype:
        raise ValueError(
            "a parametrization must give a Tensor of the shape and type of the parameter that it computes, unless"
            " unsafe=True is passed"
        )


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a Module has computed parameters, or computes the one of this name."""
    found = module._modules.get("parametrizations")
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Any:
    """Make a parameter an ordinary one again, with the value that it is computed to or, without `leave_parametrized`,
    the original. Returns the Module. Raises ValueError where it is not parametrized, or the original is several.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"{type(module).__name__} has no parametrization of `{tensor_name}`")
    parts = module.parametrizations[tensor_name]
    if not parts.is_tensor and not leave_parametrized:
        raise ValueError("the original consists of several Tensors; pass leave_parametrized=True")
    trained = len(parts._parameters) > 0
    original = parts.originals()[0] if parts.is_tensor else None
    if leave_parametrized:
        value = getattr(module, tensor_name).detach().clone()
        if original is None:
            original = Parameter(value) if trained else value
        else:
            original.data = value
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    if trained:
        module.register_parameter(tensor_name, original)
    else:
        module.register_buffer(tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class that a Module had before it was parametrized."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


class cached:
    """Accepted, as a context manager: a computed parameter is computed each time that it is read."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass


def require_matrix(weight: Any) -> None:
    """Raises SourceADError for a weight without rows and columns."""
    if weight.ndim < 2:
        raise SourceADError(f"a norm of rows needs at least 2 axes, not {weight.ndim}", "Normalise another parameter.")
