"""A kernel behind an address, which is not compiled into those that call it.

numba puts a kernel with all that it calls into each of its callers and optimises the whole once more, so what
lies at the bottom of a search would be compiled some thirty times. A call by address costs next to nothing
beside what is called.
"""

from functools import lru_cache
from typing import Any

from llvmlite import ir
from numba import typeof, types
from numba.core import cgutils
from numba.core.dispatcher import Dispatcher
from numba.core.errors import TypingError
from numba.extending import intrinsic, models, register_model


class EntryType(types.Type):  # type: ignore[misc]
    """The compiler's type of the address of a kernel with this signature."""

    def __init__(self, signature: Any) -> None:
        self.signature = signature
        super().__init__(f"Entry({signature})")


class Entry:
    """Python's side of a kernel's address.

    Parameters
    ----------
    kernel : Dispatcher
        The kernel, which is compiled or loaded.
    arguments : object
        What it may be called with: others have to be of the same types.
    """

    __slots__ = ("_kept", "_numba_type_", "address")
    _kept: Any
    _numba_type_: EntryType
    address: int

    def __init__(self, kernel: Dispatcher, *arguments: object) -> None:
        kinds = tuple(typeof(argument) for argument in arguments)
        self._numba_type_, self._kept, self.address = _compiled(kernel, kinds)


@lru_cache
def _compiled(kernel: Dispatcher, kinds: tuple[types.Type, ...]) -> tuple[EntryType, Any, int]:
    """Return the type of a kernel's entry, what keeps the kernel alive, and its address."""
    kernel.compile(kinds)
    kept = kernel.overloads[kinds]
    address = kept.library.get_pointer_to_function(kept.fndesc.llvm_func_name)
    if not address:
        raise RuntimeError(f"{kernel.py_func.__name__} has no address: it is compiled, but not linked")
    return EntryType(kept.signature), kept, address


@register_model(EntryType)
class _Model(models.OpaqueModel):  # type: ignore[misc]
    """An address."""


@intrinsic
def call(_typing, entry, *arguments):  # type: ignore[no-untyped-def]
    """Call the kernel behind an address."""
    wanted = entry.signature
    given = tuple(types.unliteral(argument) for argument in arguments)
    if given != wanted.args:
        raise TypingError(f"{entry} cannot be called with {given}")

    def generate(context, builder, _signature, values):  # type: ignore[no-untyped-def]
        convention = context.call_conv
        kind = convention.get_function_type(wanted.return_type, wanted.args)
        function = builder.bitcast(values[0], ir.PointerType(kind))
        status, result = convention.call_function(
            builder, function, wanted.return_type, wanted.args, cgutils.unpack_tuple(builder, values[1])
        )
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return result

    return wanted.return_type(entry, types.StarArgTuple.from_types(given)), generate
