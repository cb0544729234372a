package io.mendel.runtime;

import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import io.mendel.graph.WeightLayout.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Places for the weights of layers, all of one kind: each is filled before its layer runs and free again afterwards.
 *
 * <p>
 * A path that runs a layer again finds its weights where they are, if they are still there. Of several places that could
 * be overwritten, the one is taken whose weights are needed last (L. A. Belady, <em>A study of replacement algorithms
 * for a virtual-storage computer</em>, 1966), which the path tells.
 */
final class LayerSlots {

    /** Weights kept for steps to come, beyond the two layers that are needed at any time. */
    private static final long ROOM = 256L << 20;
    private static final int MOST = 32;

    private final Function<DecoderConfig, BlockWeights> allocation;
    private final List<Slot> slots = new ArrayList<>();
    private long clock;

    /** A place and what it holds. */
    private static final class Slot {
        private final BlockWeights weights;
        private @Nullable String held;
        private long used;

        Slot(BlockWeights weights) {
            this.weights = weights;
        }
    }

    /**
     * Places that are allocated when they are needed.
     *
     * @param allocation allocates weights of this kind, told a shape that has only one layer, of this kind
     */
    LayerSlots(Function<DecoderConfig, BlockWeights> allocation) {
        this.allocation = allocation;
    }

    /**
     * Where a layer's weights go.
     *
     * @param weights the place
     * @param reads what must be read into it before; empty if they are there
     * @param shared the step of this run that filled the place; the step itself if it does, −1 if an earlier run did
     * @param after the last step of this run that used the place for other weights, −1 if there is none
     */
    record Placement(BlockWeights weights, List<ModelWeights.Read> reads, int shared, int after) {}

    /** Declares everything held unknown, as after a failure. */
    void forget() {
        slots.forEach(slot -> slot.held = null);
    }

    /**
     * Places the layers of a run.
     *
     * @param config the model
     * @param layers its layers of this kind that run, in order
     * @param digests for each of its layers, what tells equal weights; null if that is unknown
     * @param resident whether all of them must be held at the same time
     * @return for each of the layers, in order
     */
    List<Placement> place(DecoderConfig config, List<Integer> layers,
            List<? extends @Nullable String> digests, boolean resident) {
        if (resident) {
            forget();
        }
        var placements = new ArrayList<Placement>();
        int[] filledBy = new int[layers.size() + slots.size() + MOST];
        int[] lastUser = new int[filledBy.length];
        java.util.Arrays.fill(filledBy, -1);
        java.util.Arrays.fill(lastUser, -1);
        int previous = -1;
        for (int step = 0; step < layers.size(); step++) {
            int layer = layers.get(step);
            String digest = digests.get(layer);
            int index = held(digest);
            List<ModelWeights.Read> reads = List.of();
            int after = -1;
            if (index < 0) {
                index = resident
                        ? unused(config, layer, lastUser)
                        : victim(config, layer, step, previous, layers, digests);
                Slot slot = slots.get(index);
                slot.held = digest;
                reads = reads(config, layer, slot.weights);
                after = lastUser[index];
                filledBy[index] = step;
            }
            Slot slot = slots.get(index);
            slot.used = ++clock;
            lastUser[index] = step;
            previous = index;
            placements.add(new Placement(slot.weights, reads, filledBy[index], after));
        }
        return placements;
    }

    private int held(@Nullable String digest) {
        for (int i = 0; digest != null && i < slots.size(); i++) {
            if (digest.equals(slots.get(i).held)) {
                return i;
            }
        }
        return -1;
    }

    private int unused(DecoderConfig config, int layer, int[] lastUser) {
        for (int i = 0; i < slots.size(); i++) {
            if (lastUser[i] < 0) {
                return i;
            }
        }
        return allocate(config, layer);
    }

    private int victim(DecoderConfig config, int layer, int step, int busy, List<Integer> layers,
            List<? extends @Nullable String> digests) {
        for (int i = 0; i < slots.size(); i++) {
            if (i != busy && slots.get(i).held == null) {
                return i;
            }
        }
        if (slots.size() < capacity(config, layer)) {
            return allocate(config, layer);
        }
        int best = -1;
        int bestNext = -1;
        for (int i = 0; i < slots.size(); i++) {
            if (i != busy) {
                int next = nextUse(slots.get(i).held, step, layers, digests);
                if (next > bestNext || (next == bestNext
                        && slots.get(i).used < slots.get(best).used)) {
                    best = i;
                    bestNext = next;
                }
            }
        }
        return best;
    }

    private static int nextUse(@Nullable String held, int step, List<Integer> layers,
            List<? extends @Nullable String> digests) {
        for (int next = step + 1; next < layers.size(); next++) {
            if (Objects.equals(held, digests.get(layers.get(next)))) {
                return next;
            }
        }
        return Integer.MAX_VALUE;
    }

    private int allocate(DecoderConfig config, int layer) {
        slots.add(new Slot(allocation.apply(config.withLayers(List.of(layer)))));
        return slots.size() - 1;
    }

    private static int capacity(DecoderConfig config, int layer) {
        long bytes = WeightLayout.layer(config, layer)
                .stream()
                .mapToLong(weight -> Float.BYTES
                        * weight.shape().stream().reduce(1L, Math::multiplyExact))
                .sum();
        return (int) Math.clamp(ROOM / bytes, 2L, (long) MOST);
    }

    private static List<ModelWeights.Read> reads(DecoderConfig config, int layer,
            BlockWeights weights) {
        List<Weight> names = WeightLayout.layer(config, layer);
        var reads = new ArrayList<ModelWeights.Read>();
        for (int i = 0; i < names.size(); i++) {
            reads.add(new ModelWeights.Read(names.get(i).name(), weights.segment(i)));
        }
        return reads;
    }
}
