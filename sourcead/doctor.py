"""What `sourcead doctor` prints: the versions that matter, the optional extras, and the devices that can be reached."""

from __future__ import annotations

import importlib.metadata
import platform

CORE = ("sourcead", "numpy", "gast", "astor", "optree")
EXTRAS = {
    "native": ("numba",),
    "cuda": ("cupy-cuda13x",),
    "scipy": ("scipy",),
    "viz": ("matplotlib", "pygments"),
}


def report() -> str:
    """Versions, extras and devices, one a line."""
    lines = [("python", f"{platform.python_version()} ({platform.python_implementation()}, {platform.platform()})")]
    lines += [(name, version(name) or "not installed: install sourcead again with pip") for name in CORE]
    for extra, names in EXTRAS.items():
        absent = f"not installed: pip install 'sourcead[{extra}]'"
        lines += [(name, version(name) or absent) for name in names]
    lines.append(("device", _device()))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {what}" for name, what in lines)


def version(distribution: str) -> str | None:
    """The version of an installed distribution, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _device() -> str:
    """The CUDA devices that CuPy reaches, or why there is none."""
    try:
        import cupy
    except ImportError:
        return "cpu only (CuPy is not installed)"
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"cpu only ({error})"
    names = [cupy.cuda.runtime.getDeviceProperties(k)["name"].decode() for k in range(count)]
    return "cpu, " + ", ".join(f"cuda:{k} {name}" for k, name in enumerate(names))
