package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class RandomMasksTest {

    private static final int ELEMENTS = 300_001;

    private final MergeKernels kernels = MergeKernels.preferred();

    private static Keep.Random mask(long seed) {
        return new Keep.Random(CounterRandom.key(seed, "m", "w"), CounterRandom.limit(0.3));
    }

    @Test
    void bitsAreTheDraws() {
        try (var workers = new Workers(2)) {
            Keep.Random mask = mask(1);
            Keep keep = RandomMasks.kept(1 << 20)
                    .of(mask, ELEMENTS, kernels,
                            workers);
            assertThat(keep).isInstanceOfSatisfying(Keep.Listed.class, listed -> {
                for (int i = 0; i < ELEMENTS; i++) {
                    assertThat((listed.word(i) & 1) == 1)
                            .isEqualTo(CounterRandom.draw(mask.key(), i) < mask.limit());
                }
            });
        }
    }

    @Test
    void theOneUsedLeastRecentlyMakesRoom() {
        try (var workers = new Workers(1)) {
            // Room for two.
            var masks = RandomMasks.kept(2 * (ELEMENTS / 64 + 1) * 8L);
            Keep first = masks.of(mask(1), ELEMENTS, kernels, workers);
            Keep second = masks.of(mask(2), ELEMENTS, kernels, workers);
            assertThat(bits(masks.of(mask(1), ELEMENTS, kernels, workers))).isSameAs(bits(first));
            masks.of(mask(3), ELEMENTS, kernels, workers);
            assertThat(bits(masks.of(mask(1), ELEMENTS, kernels, workers))).isSameAs(bits(first));
            assertThat(bits(masks.of(mask(2), ELEMENTS, kernels, workers)))
                    .isNotSameAs(bits(second))
                    .isEqualTo(bits(second));
        }
    }

    @Test
    void aMaskWithoutRoomStaysAsItIs() {
        try (var workers = new Workers(1)) {
            assertThat(RandomMasks.kept(100).of(mask(1), ELEMENTS, kernels, workers))
                    .isEqualTo(mask(1));
        }
    }

    @Test
    void aPassingMaskLastsAsLongAsItsUser() {
        try (var workers = new Workers(1)) {
            var masks = RandomMasks.passing(1 << 20, 1L << 40);
            Keep first = masks.of(mask(1), ELEMENTS, kernels, workers);
            long[] copy = bits(masks.of(mask(2), ELEMENTS, kernels, workers)).clone();
            System.gc();
            assertThat(bits(masks.of(mask(1), ELEMENTS, kernels, workers))).isSameAs(bits(first));
            assertThat(bits(masks.of(mask(2), ELEMENTS, kernels, workers))).isEqualTo(copy);
        }
    }

    @Test
    void largePassingMasksAreCollected() {
        try (var workers = new Workers(2)) {
            long elements = RandomMasks.LARGE * 8;
            var masks = RandomMasks.passing(RandomMasks.LARGE, 2 * RandomMasks.LARGE);
            var dropped = new WeakReference<>(
                    bits(masks.of(mask(1), elements, kernels, workers)));
            masks.of(mask(2), elements, kernels, workers);
            masks.of(mask(3), elements, kernels, workers);
            assertThat(dropped.get()).isNull();
        }
    }

    private static long[] bits(Keep keep) {
        return ((Keep.Listed) keep).bits();
    }
}
