package io.mendel.merge.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.Consensus;
import io.mendel.merge.FusedMerge;
import io.mendel.merge.Keep;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.RoundedElements;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What surrounds the kernels, on any device. */
abstract class DeviceContract {

    static final int ELEMENTS = 50_001;
    static final long TENSOR = 2L * ELEMENTS;
    static final long PLENTY = 16L << 20;

    private static final int SLICE = 4096;

    final Arena arena = Arena.ofShared();
    final List<Tensor> tensors = new ArrayList<>();

    /** A device with nothing on it; it is closed with the kernels. */
    abstract Device device();

    @BeforeEach
    void makeTensors() {
        for (int m = 0; m < 4; m++) {
            var random = new SplittableRandom(m);
            MemorySegment data = arena.allocate(TENSOR);
            for (int i = 0; i < ELEMENTS; i++) {
                float value = (float) (random.nextDouble() - 0.5);
                data.setAtIndex(ValueLayout.JAVA_SHORT, i,
                        (short) (Float.floatToIntBits(value) >>> 16));
            }
            tensors.add(new Tensor(new TensorInfo("w", DType.BF16, List.of((long) ELEMENTS)),
                    data));
        }
    }

    @AfterEach
    void freeTensors() {
        arena.close();
    }

    static CudaMergeKernels kernels(Device device, long residentBytes) {
        return new CudaMergeKernels(device, MergeKernels.preferred(), PLENTY, residentBytes, SLICE);
    }

    private static FusedMerge ties() {
        var deltas = new ArrayList<FusedMerge.Delta>();
        for (int m = 1; m <= 3; m++) {
            deltas.add(new FusedMerge.Delta(new Keep.Largest(Float.floatToIntBits(0.2f), 20_000),
                    0.3f * m, 0.3f));
        }
        return new FusedMerge.Deltas(deltas, Consensus.ELECTED_MEAN, 0.8f);
    }

    byte[] merged(CudaMergeKernels kernels) {
        MemorySegment target = arena.allocate(TENSOR);
        assertThat(kernels.merge(ties(), tensors, 0,
                new RoundedElements(target, DType.BF16, DType.BF16, ELEMENTS))).isTrue();
        return target.toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void streamedAndResidentParentsGiveTheSame() {
        byte[] resident;
        try (CudaMergeKernels kernels = kernels(device(), PLENTY / 2)) {
            resident = merged(kernels);
            assertThat(kernels.resident().bytes()).isEqualTo(4 * TENSOR);
        }
        try (CudaMergeKernels kernels = kernels(device(), 0)) {
            assertThat(merged(kernels)).isEqualTo(resident);
            assertThat(kernels.resident().bytes()).isZero();
        }
        // Two stay, two are streamed.
        try (CudaMergeKernels kernels = kernels(device(), 2 * TENSOR)) {
            assertThat(merged(kernels)).isEqualTo(resident);
            assertThat(merged(kernels)).isEqualTo(resident);
            assertThat(kernels.resident().bytes()).isEqualTo(2 * TENSOR);
        }
    }

    @Test
    void lackOfMemoryIsRecoverable() throws DeviceMemoryException {
        Device device = device();
        try (CudaMergeKernels kernels = kernels(device, PLENTY / 2)) {
            byte[] expected = merged(kernels);
            kernels.forget();
            List<Long> hog = hog(device);
            MemorySegment target = arena.allocate(TENSOR);
            assertThat(kernels.merge(ties(), tensors, 0,
                    new RoundedElements(target, DType.BF16, DType.BF16, ELEMENTS))).isFalse();
            assertThat(kernels.norm(tensors.get(0), tensors.get(1), new Keep.All())).isEmpty();
            assertThat(kernels.resident().bytes()).isZero();
            hog.forEach(device::free);
            assertThat(merged(kernels)).isEqualTo(expected);
            assertThat(kernels.resident().bytes()).isEqualTo(4 * TENSOR);
        }
    }

    /** Takes all memory, as another process does. */
    private static List<Long> hog(Device device) throws DeviceMemoryException {
        List<Long> blocks = new ArrayList<>();
        for (long bytes = Math.max(1, Long.highestOneBit(device.freeBytes())); bytes >= 1024;) {
            try {
                blocks.add(device.allocate(bytes));
            } catch (DeviceMemoryException e) {
                bytes /= 2;
            }
        }
        return blocks;
    }

    @Test
    void resultsGoStraightIntoLockedMemory() {
        try (CudaMergeKernels kernels = kernels(device(), PLENTY / 2)) {
            byte[] expected = merged(kernels);
            try (Arena locked = kernels.resultMemory()) {
                MemorySegment target = locked.allocate(TENSOR, 64);
                assertThat(kernels.merge(ties(), tensors, 0,
                        new RoundedElements(target, DType.BF16, DType.BF16, ELEMENTS))).isTrue();
                assertThat(target.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
            }
        }
    }

    @Test
    void anotherTensorAtTheSameAddressIsAnother() {
        MemorySegment memory = arena.allocate(TENSOR);
        long address = memory.address();
        try (CudaMergeKernels kernels = kernels(device(), PLENTY / 2)) {
            byte[] first = sum(kernels, address, (byte) 0x3f);
            byte[] second = sum(kernels, address, (byte) 0x40);
            assertThat(second).isNotEqualTo(first);
        }
    }

    /** Maps the memory as a parent that is closed before the next one is opened. */
    @SuppressWarnings("restricted")
    private byte[] sum(CudaMergeKernels kernels, long address, byte content) {
        try (Arena parent = Arena.ofShared()) {
            MemorySegment data = MemorySegment.ofAddress(address)
                    .reinterpret(TENSOR, parent, null)
                    .fill(content);
            var tensor = new Tensor(new TensorInfo("w", DType.BF16, List.of((long) ELEMENTS)),
                    data);
            MemorySegment target = arena.allocate(TENSOR);
            assertThat(kernels.merge(new FusedMerge.Sum(new float[]{1}), List.of(tensor), 0,
                    new RoundedElements(target, DType.BF16, DType.BF16, ELEMENTS))).isTrue();
            return target.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void drawnMasksAndKeptMasksAreTheSame() {
        var dare = new FusedMerge.Deltas(
                List.of(new FusedMerge.Delta(new Keep.Random(42, 1L << 51), 2, 1)), Consensus.SUM,
                1);
        try (CudaMergeKernels kernels = kernels(device(), PLENTY / 2)) {
            byte[] first = dare(kernels, dare);
            for (int round = 1; round < 4; round++) {
                assertThat(dare(kernels, dare)).isEqualTo(first);
            }
        }
    }

    byte[] dare(CudaMergeKernels kernels, FusedMerge dare) {
        MemorySegment target = arena.allocate(TENSOR);
        assertThat(kernels.merge(dare, tensors.subList(0, 2), 0,
                new RoundedElements(target, DType.BF16, DType.BF16, ELEMENTS))).isTrue();
        return target.toArray(ValueLayout.JAVA_BYTE);
    }
}
