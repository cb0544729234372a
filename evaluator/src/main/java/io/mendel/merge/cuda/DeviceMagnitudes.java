package io.mendel.merge.cuda;

import io.mendel.checkpoint.Tensor;
import io.mendel.merge.MagnitudeCounter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the magnitudes of a delta on a device; counts are integers, so that the order of additions does not matter. */
final class DeviceMagnitudes implements MagnitudeCounter {

    private static final int BYTES = 64 + 2 * Parameters.ELEMENTS;
    private static final long DOWNLOAD = 8L << 20;

    private final Lanes lanes;
    private final ResidentBlocks resident;
    private final Tensor base;
    private final Tensor model;

    DeviceMagnitudes(Lanes lanes, ResidentBlocks resident, Tensor base, Tensor model) {
        this.lanes = lanes;
        this.resident = resident;
        this.base = base;
        this.model = model;
    }

    @Override
    public @Nullable Counts count(int level, int cells, int[] upperSlots, int[] middleSlots) {
        long[] numbers = count("histogram", level, 2L * cells, cells, upperSlots, middleSlots,
                new int[0], 0, 0);
        if (numbers == null) {
            return null;
        }
        long[] counts = new long[cells];
        long[] lowSums = new long[cells];
        System.arraycopy(numbers, 0, counts, 0, cells);
        System.arraycopy(numbers, cells, lowSums, 0, cells);
        return new Counts(counts, lowSums);
    }

    @Override
    public long @Nullable [][] ties(int[] watched, int magnitudes, int pieceShift,
            int[] upperSlots, int[] middleSlots) {
        int pieces = Math.toIntExact(
                (base.info().elements() + (1L << pieceShift) - 1) >>> pieceShift);
        long[] numbers = count("tie_counts", 2, (long) magnitudes * pieces, 0, upperSlots,
                middleSlots, watched, pieces, pieceShift);
        if (numbers == null) {
            return null;
        }
        var ties = new long[magnitudes][pieces];
        for (int i = 0; i < magnitudes; i++) {
            System.arraycopy(numbers, i * pieces, ties[i], 0, pieces);
        }
        return ties;
    }

    private long @Nullable [] count(String kernel, int level, long numbers, int cells,
            int[] upperSlots, int[] middleSlots, int[] watched, int pieces, int pieceShift) {
        long tables = Slot.room(4L * upperSlots.length) + Slot.room(4L * middleSlots.length)
                + Slot.room(4L * watched.length);
        long[] result = new long[Math.toIntExact(numbers)];
        boolean done = lanes.use(lane -> {
            try (DeviceMemory.Block counts = resident.allocate(numbers * Long.BYTES);
                    DeviceMemory.Block slots = resident.allocate(tables)) {
                long upper = slots.address();
                long middle = upper + Slot.room(4L * upperSlots.length);
                long watch = middle + Slot.room(4L * middleSlots.length);
                Slot slot = lane.slot();
                slot.begin(0);
                slot.stream().clear(counts.address(), numbers * Long.BYTES);
                copy(slot, upperSlots, upper);
                copy(slot, middleSlots, middle);
                copy(slot, watched, watch);
                slot.finish();
                lane.stream(List.of(base, model), 0, base.info().elements(), new Lane.Work() {
                    @Override
                    public long resultBytes(int count) {
                        return 0;
                    }

                    @Override
                    public void run(Slot slot, long[] addresses, long first, int count) {
                        slot.upload();
                        try (Arena arena = Arena.ofConfined()) {
                            var parameters = new Parameters(arena, BYTES)
                                    .put(0, counts.address())
                                    .put(8, counts.address() + (long) cells * Long.BYTES)
                                    .put(16, upper)
                                    .put(24, middle)
                                    .put(32, watch)
                                    .put(40, first)
                                    .put(48, count)
                                    .put(52, level)
                                    .put(56, pieces)
                                    .put(60, pieceShift)
                                    .elements(64, addresses[0], base.info().dtype())
                                    .elements(80, addresses[1], model.info().dtype());
                            slot.stream()
                                    .launch(Kernel.statistic(kernel), Kernel.threads(count),
                                            parameters.memory());
                        }
                    }
                });
                download(slot, counts.address(), result);
                return true;
            }
        });
        return done ? result : null;
    }

    private static void copy(Slot slot, int[] table, long address) throws DeviceMemoryException {
        if (table.length > 0) {
            MemorySegment bytes = MemorySegment.ofArray(table);
            slot.begin(bytes.byteSize());
            slot.forward(bytes, address);
        }
    }

    private static void download(Slot slot, long address, long[] result)
            throws DeviceMemoryException {
        MemorySegment target = MemorySegment.ofArray(result);
        for (long from = 0; from < target.byteSize(); from += DOWNLOAD) {
            long bytes = Math.min(DOWNLOAD, target.byteSize() - from);
            MemorySegment part = target.asSlice(from, bytes);
            slot.begin(0, bytes);
            slot.fetch(address + from, bytes, part::copyFrom);
        }
        slot.finish();
    }
}
