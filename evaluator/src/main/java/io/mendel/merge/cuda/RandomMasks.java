package io.mendel.merge.cuda;

import io.mendel.merge.Keep;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Random masks as bits in device memory.
 *
 * <p>
 * Drawing costs more than merging what was drawn, and reading a bit a sixteenth of reading a bf16 parent. But most masks
 * of a search are used once, because its densities change: a mask is drawn by the merge itself the first time, and kept as
 * bits from the second time on.
 */
final class RandomMasks {

    private static final int REMEMBERED = 1 << 16;
    private static final int PIECE = 1 << 28;
    private static final int DRAW_BYTES = 16 + Parameters.KEEP;

    private record Mask(Keep.Random draws, long elements) implements ResidentBlocks.Key {
        @Override
        public boolean isAlive() {
            return true;
        }
    }

    private final ResidentBlocks resident;
    private final Map<Mask, Long> seen = new LinkedHashMap<>();

    RandomMasks(ResidentBlocks resident) {
        this.resident = resident;
    }

    /** Bytes of the bits of a tensor; whole words, because a run reads the byte behind its own. */
    static long bytes(long elements) {
        return (elements + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
    }

    /**
     * The bits of a mask; null if it has none.
     *
     * @param from the run it is used for: another run of the same merge is not the second time
     */
    ResidentBlocks.@Nullable Lease lease(Keep.Random draws, long elements, long from, Lane lane) {
        Mask mask = new Mask(draws, elements);
        synchronized (seen) {
            Long first = seen.putIfAbsent(mask, from);
            if (seen.size() > REMEMBERED) {
                seen.remove(seen.keySet().iterator().next());
            }
            if (first == null) {
                return null;
            }
            if (first != from && first >= 0) {
                return null;
            }
            seen.put(mask, -1L);
        }
        return resident.acquire(mask, bytes(elements),
                address -> draw(draws, elements, address, lane.slot()));
    }

    private static void draw(Keep.Random draws, long elements, long address, Slot slot)
            throws DeviceMemoryException {
        slot.begin(0);
        slot.stream().clear(address, bytes(elements));
        try (Arena arena = Arena.ofConfined()) {
            for (long from = 0; from < elements; from += PIECE) {
                int count = (int) Math.min(PIECE, elements - from);
                var parameters = new Parameters(arena, DRAW_BYTES)
                        .put(0, address + from / Byte.SIZE)
                        .put(8, count)
                        .keep(16, draws, from, count, slot);
                slot.stream()
                        .launch(Kernel.statistic("draw"), Kernel.threads(count),
                                parameters.memory());
            }
        }
        slot.finish();
    }
}
