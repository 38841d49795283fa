"""Derivatives of core programs: the reverse and the forward transform."""
