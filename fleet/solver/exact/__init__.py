"""Proofs for small problems: all routes that a better plan could have, and the best partition into them."""

from fleet.solver.exact.proof import Proof, prove

__all__ = ["Proof", "prove"]
