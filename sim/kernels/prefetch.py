"""Ask the processor for memory that will be needed a little later."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

AHEAD = 16  # how many steps before it is needed


@intrinsic
def prefetch(typingctx, array, row):
    """Begin to bring ``array[row]`` (first axis, C order) into the cache; changes nothing.

    Notes
    -----
    The address is only a hint: an index that is out of range does no harm.
    """

    def codegen(context, builder, signature, arguments):
        data = context.make_array(signature.args[0])(context, builder, arguments[0])
        index = context.cast(builder, arguments[1], signature.args[1], types.intp)
        stride = cgutils.unpack_tuple(builder, data.strides)[0]
        start = builder.ptrtoint(data.data, ir.IntType(64))
        address = builder.inttoptr(builder.add(start, builder.mul(index, stride)), cgutils.voidptr_t)
        ask = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t] + [ir.IntType(32)] * 3),
            "llvm.prefetch.p0",
        )
        builder.call(ask, [address, ir.IntType(32)(0), ir.IntType(32)(3), ir.IntType(32)(1)])
        return context.get_dummy_value()

    return types.void(array, row), codegen
