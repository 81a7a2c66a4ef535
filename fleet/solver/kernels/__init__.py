"""Compiled kernels over an ``Instance``: scheduling of a route, evaluation, insertion."""
