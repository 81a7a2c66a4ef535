"""Structures of arrays for kernels: many arrays behind one address that is handed around.

Named tuples of arrays are handed over array by array, and numba counts the references of each of them, as it
does of its own structures (``structref``): both took longer than the work itself. A handle is an address
without a count, and neither are its arrays counted: :class:`Handle` keeps them alive on Python's side.
"""

import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, models, register_model, unbox
from numba.np.arrayobj import make_array, populate_array

from fleet.solver.kernels.entry import Entry, EntryType

WORD = np.dtype(np.int64).itemsize


class HandleType(types.Type):  # type: ignore[misc]
    """The compiler's type of a handle with these fields: arrays, numbers, truth values, addresses."""

    def __init__(self, name: str, fields: tuple[tuple[str, types.Type], ...]) -> None:
        self.fields = dict(fields)
        self.word: dict[str, int] = {}
        at = 0
        for field, kind in fields:
            self.word[field] = at
            at += 1 + (kind.ndim if isinstance(kind, types.Array) else 0)
        # Short: it becomes part of the name of every kernel that takes one.
        super().__init__(f"{name}_{zlib.crc32(repr(fields).encode()):x}")


# Types take longer to make than arrays, and every district of a large day has handles of its own.
@lru_cache
def _handle_type(name: str, fields: tuple[tuple[str, types.Type], ...]) -> HandleType:
    return HandleType(name, fields)


@lru_cache
def _array_type(dtype: np.dtype[Any], dimensions: int) -> types.Array:
    return types.Array(from_dtype(dtype), dimensions, "C")


class Handle:
    """Python's side of a handle."""

    __slots__ = ("_kept", "_numba_type_", "address")
    _kept: tuple[Any, ...]
    _numba_type_: HandleType
    address: int

    def __init__(self, name: str, fields: Mapping[str, Any]) -> None:
        """Lay ``fields`` out as words: an array's address and shape, a number, another address."""
        words: list[int] = []
        kinds: list[tuple[str, types.Type]] = []
        for field, value in fields.items():
            if isinstance(value, Handle | Entry):
                kinds.append((field, value._numba_type_))
                words.append(value.address)
            elif isinstance(value, np.ndarray):
                if not value.flags.c_contiguous:
                    raise ValueError(f"{name}.{field} is not contiguous")
                kinds.append((field, _array_type(value.dtype, value.ndim)))
                words += [value.ctypes.data, *value.shape]
            else:
                kinds.append((field, types.boolean if isinstance(value, bool) else types.int64))
                words.append(int(value))
        table = np.array(words, np.int64)
        self._kept = (table, dict(fields))
        self._numba_type_ = _handle_type(name, tuple(kinds))
        self.address = table.ctypes.data

    def __getitem__(self, field: str) -> Any:
        """Return what a field was given."""
        return self._kept[1][field]


@register_model(HandleType)
class _Model(models.OpaqueModel):  # type: ignore[misc]
    """An address."""


@infer_getattr
class _Attributes(AttributeTemplate):  # type: ignore[misc]
    key = HandleType

    def generic_resolve(self, handle: HandleType, field: str) -> types.Type | None:
        return handle.fields.get(field)


@unbox(HandleType)
def _unbox(_kind, handle, context):  # type: ignore[no-untyped-def]
    number = context.pyapi.object_getattr_string(handle, "address")
    address = context.pyapi.long_as_voidptr(number)
    context.pyapi.decref(number)
    return NativeValue(address)


@lower_getattr_generic(HandleType)
def _load(context, builder, handle, address, field):  # type: ignore[no-untyped-def]
    kind = handle.fields[field]
    integer = ir.IntType(8 * WORD)
    words = builder.bitcast(address, integer.as_pointer())

    def word(k: int) -> ir.Value:
        return builder.load(builder.gep(words, [integer(handle.word[field] + k)]))

    if isinstance(kind, HandleType | EntryType):
        return builder.inttoptr(word(0), cgutils.voidptr_t)
    if kind == types.boolean:
        return builder.icmp_signed("!=", word(0), integer(0))
    if not isinstance(kind, types.Array):
        return word(0)
    itemsize = integer(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    shape = [word(1 + k) for k in range(kind.ndim)]
    strides = [itemsize]
    for extent in reversed(shape[1:]):
        strides.insert(0, builder.mul(extent, strides[0]))
    array = make_array(kind)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(word(0), array.data.type),
        shape=shape,
        strides=strides,
        itemsize=itemsize,
        meminfo=None,
    )
    return array._getvalue()
