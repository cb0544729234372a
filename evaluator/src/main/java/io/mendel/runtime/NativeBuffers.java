package io.mendel.runtime;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** Native memory that ONNX Runtime reads in place and the garbage collector frees. */
final class NativeBuffers {

    /** A cache line; ONNX Runtime's own allocator aligns so, too. */
    static final long ALIGNMENT = 64;

    private NativeBuffers() {}

    static ByteBuffer bytes(long size) {
        return Arena.ofAuto()
                .allocate(size, ALIGNMENT)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    static LongBuffer longs(long count) {
        return bytes(count * Long.BYTES).asLongBuffer();
    }
}
