"""What PyTorch keeps under `utils`."""

from runtime.utils import checkpoint, data
