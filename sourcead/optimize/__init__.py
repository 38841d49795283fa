"""From an emitted program to a shorter one with the same meaning."""
