"""Arrays without reference counts, for structures that kernels read millions of times a second.

Whoever makes such a structure keeps the arrays alive.
"""

from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def _pointer(_typing_context, address):  # type: ignore[no-untyped-def]
    """Turn an address into a pointer."""

    def generate(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


@njit(cache=True, nogil=True)
def borrowed(array):  # type: ignore[no-untyped-def]
    """Return the array without its reference count, which kernels would touch millions of times a second."""
    return carray(_pointer(array.ctypes.data), array.shape, array.dtype)
