"""The way out of the compiler: trees to text, text to living functions that pickle."""
