"""Compile the kernels once, at set-up: ``python -m fleet.solver.warm``."""

import ctypes
import sys
import time

import numpy as np
from numba.core.dispatcher import Dispatcher

from fleet.solver.exact import prove
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance, new_instance
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Routes


def smallest_instance() -> Instance:
    """Return one request between two places: enough to compile everything."""
    return new_instance(
        duration_s=[[[0, 60], [60, 0]]],
        distance_m=[[[0, 500], [500, 0]]],
        task_request=[0, 0],
        task_location=[0, 1],
        request_pickup=[0],
        delivery_ptr=[0, 1],
        delivery_task=[1],
        load=[[1]],
        start=[0],
        end=[0],
        capacity=[[1]],
    )


def warm() -> float:
    """Compile the kernels, or load what an earlier run has compiled; return the seconds that it took.

    Raises
    ------
    RuntimeError
        When the compiled kernels do not work on this machine.
    """
    began = time.monotonic()
    instance = smallest_instance()
    routes = Routes(instance)
    works = routes.insertion(0, 0).rule == c.OK and routes.evaluate(0, [0, 1]).rule == c.OK
    improver = Improver(instance, requests=[0], unlikely=[], rng=np.random.default_rng(0))
    improver.construct(stopped=lambda: False)
    improver.run(iterations=1, fraction=lambda: 0.0, improved=lambda: None)
    proof = prove(instance, musts=1, cost=0)
    if not works or improver.best()[0] is None or proof is None or proof.unserved_musts > 0:
        raise RuntimeError("the compiled kernels do not work on this machine")
    return time.monotonic() - began


def forget_how_to_compile() -> None:
    """Give back what numba keeps of each kernel to compile it into others: 50 MB once :func:`warm` has run.

    From then on only kernels that are loaded already, or compiled in the cache, can be called.
    """
    modules = [module for name, module in sys.modules.items() if name.startswith("fleet.solver.")]
    for kernel in {entry for module in modules for entry in vars(module).values() if _is_kernel(entry)}:
        for compiled in kernel.overloads.values():
            compiled.library._shared_module = None
    # What was freed lies between what is still used: the allocator keeps it unless it is told.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _is_kernel(entry: object) -> bool:
    return isinstance(entry, Dispatcher)


def main() -> None:
    """Compile, and say how long it took."""
    sys.stderr.write("Compiling the solver's kernels (once; two to five minutes) ...\n")
    sys.stderr.write(f"Kernels ready after {warm():.1f} s.\n")


if __name__ == "__main__":
    main()
