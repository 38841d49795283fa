"""`state_dict` and `load_state_dict`: the values of a Module's parameters and buffers under their dotted names."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from runtime.creation import as_tensor
from runtime.errors import StateMismatch
from runtime.modes import no_grad
from runtime.nn.parameter import Parameter
from runtime.nn.registration import Registry
from runtime.tensor import Tensor

_EXTRA = "_extra_state"


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` found wrong with the names."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Saved(Registry):
    """A Registry whose values can be taken out and put back."""

    def get_extra_state(self) -> Any:
        """What `state_dict` is to hold beside parameters and buffers; override together with `set_extra_state`."""
        return None

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` gave."""
        raise StateMismatch(
            f"{type(self).__name__} is given extra state but has no set_extra_state", "Override set_extra_state."
        )

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> dict[str, Any]:
        """Parameters and persistent buffers by name, sharing their memory.

        Without history unless `keep_vars`, which gives the Parameters themselves.
        """
        found: dict[str, Any] = OrderedDict() if destination is None else destination
        for table in (self._parameters, self._buffers):
            for name, value in table.items():
                if value is not None and name not in self._transient:
                    found[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not Saved.get_extra_state:
            found[prefix + _EXTRA] = self.get_extra_state()
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=found, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        return found

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy values by name into parameters and buffers; with `assign` put the given Tensors in their places.

        Returns the names that are missing and those that have no place. Raises StateMismatch, with nothing changed,
        where shapes differ or, if `strict`, where names do.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"a state_dict is a mapping from names to Tensors, not a {type(state_dict).__name__}")
        places = dict(self._places(""))
        missing = [name for name in places if name not in state_dict]
        unexpected = [name for name in state_dict if name not in places]
        faults = [
            f"size mismatch for {name}: the state has shape {_shape(state_dict[name])}, the model {_shape(have)}"
            for name, (_, _, have) in places.items()
            if name in state_dict and isinstance(have, Tensor) and _shape(state_dict[name]) != _shape(have)
        ]
        if strict and unexpected:
            faults.insert(0, f"unexpected keys: {', '.join(unexpected)}")
        if strict and missing:
            faults.insert(0, f"missing keys: {', '.join(missing)}")
        if faults:
            raise StateMismatch(
                f"the state does not fit {type(self).__name__}:\n    " + "\n    ".join(faults),
                "Load it into the model that it was saved from, or leave names out with strict=False.",
            )
        for name, (owner, own_name, have) in places.items():
            if name in state_dict:
                _put(owner, own_name, have, state_dict[name], assign)
        return IncompatibleKeys(missing, unexpected)

    def _places(self, prefix: str) -> list[tuple[str, tuple[Any, str, Any]]]:
        """Every name that a state may have: the Module it belongs to, its name there and the value it has now."""
        found: list[tuple[str, tuple[Any, str, Any]]] = [
            (prefix + name, (self, name, value))
            for table in (self._parameters, self._buffers)
            for name, value in table.items()
            if value is not None and name not in self._transient
        ]
        if type(self).get_extra_state is not Saved.get_extra_state:
            found.append((prefix + _EXTRA, (self, _EXTRA, None)))
        for name, module in self._modules.items():
            if module is not None:
                found += module._places(f"{prefix}{name}.")
        return found


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(value.shape) if hasattr(value, "shape") else ()


def _put(owner: Any, name: str, have: Any, value: Any, assign: bool) -> None:
    if name == _EXTRA:
        owner.set_extra_state(value)
    elif not assign:
        with no_grad():
            have[...] = as_tensor(value).detach()
    elif isinstance(have, Parameter) and not isinstance(value, Parameter):
        setattr(owner, name, type(have)(value, have.requires_grad))
    else:
        setattr(owner, name, value)
