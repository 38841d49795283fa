"""Speed of emitted gradients beside hand-written adjoints and named peers, measured side by side in one process."""
