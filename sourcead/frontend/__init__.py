"""The way into the compiler: source to syntax tree, syntax tree to the core language."""
