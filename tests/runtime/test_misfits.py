"""Shapes that do not fit are one error of ours, which is a RuntimeError as PyTorch's and a ValueError as NumPy's."""

import pickle

import pytest

import runtime as torch
from runtime.errors import NotBegun, ShapeMismatch


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "text",
    [
        "ones(2) + ones(3)",
        "ones(2, 3) * ones(4)",
        "ones(2, 3) @ ones(2, 3)",
        "ones(2, 2, 3) @ ones(2, 2, 3)",
        "ones(2).view(3)",
        "ones(2).reshape(3, 5)",
        "ones(2, 2).expand(3, 3)",
        "cat([ones(2, 2), ones(3)])",
        "stack([ones(2), ones(3)])",
        "einsum('ij,jk', ones(2, 3), ones(2, 3))",
        "where(ones(2) > 0, ones(2), ones(3))",
        "nn.Linear(2, 3)(ones(1, 4))",
        "atan2(ones(2), ones(3))",
        "float(ones(2))",
        "ones(2).item()",
    ],
)
def test_a_misfit_is_told(text, times):
    names = {**{n: getattr(torch, n) for n in ("ones", "cat", "stack", "einsum", "where", "atan2", "nn")}}
    for tracked in (False, True):
        names["ones"] = lambda *shape: torch.ones(*shape, requires_grad=tracked)  # noqa: B023
        for _ in range(times):
            with pytest.raises(ShapeMismatch) as found:
                eval(text, names)  # The texts stand above.
    assert isinstance(found.value, RuntimeError) and isinstance(found.value, ValueError)
    assert str(pickle.loads(pickle.dumps(found.value))) == str(found.value)


def test_the_message_has_the_shapes():
    with pytest.raises(ShapeMismatch, match=r"of Tensors of shapes \(2,\), \(3,\)"):
        torch.ones(2) + torch.ones(3)


def test_a_module_whose_init_was_not_called():
    class Net(torch.nn.Module):
        def __init__(self):
            self.layer = torch.nn.Linear(1, 1)

    with pytest.raises(NotBegun, match="before Module.__init__"):
        Net()
    assert issubclass(NotBegun, AttributeError)


def test_an_optimizer_shows_its_groups_apart():
    weights = [torch.nn.Parameter(torch.ones(1)) for _ in range(2)]
    text = repr(torch.optim.SGD([{"params": weights[:1]}, {"params": weights[1:]}], lr=0.1))
    assert "\n\nParameter Group 1\n" in text and text.startswith("SGD (\nParameter Group 0\n")
