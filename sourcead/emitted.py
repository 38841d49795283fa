"""The package that emitted functions belong to: `sourcead.emitted.<recipe>` is derived again when it is imported."""

from __future__ import annotations

from sourcead.backend.recipes import install

__path__: list[str] = []  # a package without files: its modules come from recipes

install()
