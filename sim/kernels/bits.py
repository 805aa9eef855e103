"""Many small comparisons at once: sixteen coins against sixteen odds, as bits of one word."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

BLOCK = 16
_LANES = ir.VectorType(ir.IntType(16), BLOCK)


def _compared(context, builder, signature, arguments, how):
    """Build: compare two runs of sixteen uint16, one bit per pair."""
    runs = []
    for place in (0, 2):
        data = context.make_array(signature.args[place])(context, builder, arguments[place]).data
        first = builder.gep(
            data, [context.cast(builder, arguments[place + 1], signature.args[place + 1], types.intp)]
        )
        runs.append(builder.load(builder.bitcast(first, _LANES.as_pointer()), align=2))
    bits = builder.bitcast(builder.icmp_unsigned(how, *runs), ir.IntType(BLOCK))
    return builder.zext(bits, ir.IntType(64))


@intrinsic
def bits_below(typingctx, coins, first, odds, begin):
    """Return a uint64 whose bit k says whether coin k is below ``odds[begin + k]``, k = 0 … 15.

    coins : uint64[]    four coins of 16 bits in each word from ``coins[first]`` on, the lowest first
    odds : uint16[]
    Nothing checks that sixteen are there.
    """

    def codegen(context, builder, signature, arguments):
        return _compared(context, builder, signature, arguments, "<")

    return types.uint64(coins, first, odds, begin), codegen


@intrinsic
def bits_equal(typingctx, coins, first, odds, begin):
    """Return a uint64 whose bit k says whether coin k is ``odds[begin + k]``; otherwise as `bits_below`."""

    def codegen(context, builder, signature, arguments):
        return _compared(context, builder, signature, arguments, "==")

    return types.uint64(coins, first, odds, begin), codegen


@intrinsic
def lowest_bit(typingctx, bits):
    """Return the place of the lowest bit set in a uint64 that is not 0, as int64."""

    def codegen(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen
