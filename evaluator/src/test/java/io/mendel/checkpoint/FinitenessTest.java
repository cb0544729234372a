package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinitenessTest {

    @ParameterizedTest
    @CsvSource({
        // largest finite, then infinities and NaNs, of each type
        "F64, 7fefffffffffffff, -1", "F64, ffefffffffffffff, -1", "F64, 7ff0000000000000, 1",
        "F64, fff0000000000000, 1", "F64, 7ff0000000000001, 1", "F64, fff8000000000000, 1",
        "F32, 7f7fffff, -1", "F32, ff7fffff, -1", "F32, 7f800000, 1", "F32, ff800000, 1",
        "F32, 7f800001, 1",
        "F16, 7bff, -1", "F16, fbff, -1", "F16, 7c00, 1", "F16, fc00, 1", "F16, 7c01, 1",
        "F16, ffff, 1",
        "BF16, 7f7f, -1", "BF16, ff7f, -1", "BF16, 7f80, 1", "BF16, ff80, 1", "BF16, 7f81, 1",
        "I32, ffffffff, -1", "U8, ff, -1"})
    void exactlyNanAndInfinityAreNotFinite(DType dtype, String hex, int sign) {
        long bits = Long.parseUnsignedLong(hex, 16);
        int bytes = dtype.bytes();
        for (int length = 1; length <= 19; length++) {
            for (int at = 0; at < length; at++) {
                try (Arena arena = Arena.ofConfined()) {
                    // Odd address, and neighbours of all bits that are finite.
                    MemorySegment data = arena.allocate(1 + (long) length * bytes).asSlice(1);
                    for (int i = 0; i < length; i++) {
                        put(data, i, bytes, i == at ? bits : 0x80);
                    }
                    var tensor = new Tensor(new TensorInfo("x", dtype, List.of((long) length)),
                            data);
                    assertThat(Finiteness.firstNonFinite(tensor)).isEqualTo(sign < 0 ? -1 : at);
                }
            }
        }
    }

    private static void put(MemorySegment data, int i, int bytes, long bits) {
        for (int b = 0; b < bytes; b++) {
            data.set(ValueLayout.JAVA_BYTE, (long) i * bytes + b, (byte) (bits >>> (8 * b)));
        }
    }
}
