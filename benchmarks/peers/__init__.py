"""One module a contender: how it prepares arguments, how it makes a gradient, and what had to be rewritten for it."""
