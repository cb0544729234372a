package io.mendel.merge.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mendel.merge.Consensus;
import io.mendel.merge.FusedMerge;
import io.mendel.merge.Keep;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What surrounds the kernels, on the processor's own device. */
class HostDeviceTest extends DeviceContract {

    @BeforeEach
    void needCompiler() {
        assumeTrue(KernelLibrary.shared() != null, "there is no g++ to compile the kernels with");
    }

    @Override
    HostDevice device() {
        return new HostDevice(KernelLibrary.shared(), PLENTY);
    }

    @Test
    void parentsAreUploadedOnce() {
        HostDevice device = device();
        try (CudaMergeKernels kernels = kernels(device, PLENTY / 2)) {
            merged(kernels);
            long first = device.uploaded();
            assertThat(first).isEqualTo(4 * TENSOR);
            merged(kernels);
            assertThat(device.uploaded()).isEqualTo(first);
        }
        assertThat(device.isClosed()).isTrue();
    }

    @Test
    void slicesGoOnWhereParentsDoNotFit() {
        HostDevice device = device();
        try (CudaMergeKernels kernels = kernels(device, PLENTY / 2)) {
            byte[] expected = merged(kernels);
            kernels.forget();
            device.occupy(PLENTY - 200_000);
            assertThat(merged(kernels)).isEqualTo(expected);
            assertThat(kernels.resident().bytes()).isLessThan(2 * TENSOR);
            device.occupy(200_000 - PLENTY);
        }
    }

    @Test
    void masksAreDrawnByTheMergeFirstAndKeptFromTheSecondTimeOn() {
        HostDevice device = device();
        var dare = new FusedMerge.Deltas(
                List.of(new FusedMerge.Delta(new Keep.Random(42, 1L << 51), 2, 1)), Consensus.SUM,
                1);
        try (CudaMergeKernels kernels = kernels(device, PLENTY / 2)) {
            for (int round = 0; round < 4; round++) {
                dare(kernels, dare);
                assertThat(device.launches("draw")).isEqualTo(Math.min(round, 1));
            }
        }
    }

    @Test
    void halvesAreConvertedAsJavaDoes() {
        KernelLibrary library = Objects.requireNonNull(KernelLibrary.shared());
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Float.float16ToFloat((short) bits);
            assertThat(Float.floatToIntBits(library.fromFloat16(bits)))
                    .isEqualTo(Float.floatToIntBits(value));
        }
        var random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            // Any, and some around the largest, smallest and subnormal ones that fp16 can hold.
            float value = i % 2 == 0
                    ? Float.intBitsToFloat(random.nextInt())
                    : (float) Math.scalb(random.nextDouble(-2, 2), random.nextInt(-27, 17));
            int expected = Float.isNaN(value) ? 0x7e00 : Float.floatToFloat16(value) & 0xffff;
            assertThat(library.toFloat16(value)).isEqualTo(expected);
        }
    }
}
