"""The examples run, print the source that they use, save their picture, and reach what they promise."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("scipy")
pytest.importorskip("safetensors")
pytest.importorskip("tqdm")

EXAMPLES = Path(__file__).parents[2] / "examples"
# What `main` returns, and the range that it has to lie in.
PROMISES = {
    "convolutional_digits": ("held-out accuracy", 0.97, 1.0),
    "digits": ("held-out accuracy", 0.95, 1.0),
    "epidemic": ("error of the fitted curve, in boys", 0.0, 9.0),
    "heat": ("distance to the photograph, as a part of what it was", 0.0, 0.7),
    "sea_temperature": ("held-out error, in kelvin", 0.0, 0.93),
}
WITHOUT_THE_COMPILER = {"convolutional_digits"}


@pytest.mark.parametrize("name", PROMISES)
def test_example(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    picture = tmp_path / f"{name}.png"
    reached = importlib.import_module(name).main(picture)
    what, least, most = PROMISES[name]
    assert least <= reached <= most, f"{what}: {reached}"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert ("_bar" in capsys.readouterr().out) == (name not in WITHOUT_THE_COMPILER)


def test_every_example_is_tested_and_listed() -> None:
    files = {path.stem for path in EXAMPLES.glob("*.py")}
    listed = (EXAMPLES / "README.md").read_text()
    assert files == set(PROMISES)
    assert all(f"({name}.py)" in listed for name in files)
    data = (EXAMPLES / "data" / "README.md").read_text()
    assert all(f"`{path.name}`" in data for path in (EXAMPLES / "data").iterdir() if path.suffix != ".md")
