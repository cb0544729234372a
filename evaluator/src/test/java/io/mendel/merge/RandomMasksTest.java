package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;

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
            Keep keep = new RandomMasks(1 << 20, Long.MAX_VALUE).of(mask, ELEMENTS, kernels,
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
            var masks = new RandomMasks(2 * (ELEMENTS / 64 + 1) * 8L, 0);
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
            assertThat(new RandomMasks(100, Long.MAX_VALUE).of(mask(1), ELEMENTS, kernels, workers))
                    .isEqualTo(mask(1));
        }
    }

    private static long[] bits(Keep keep) {
        return ((Keep.Listed) keep).bits();
    }
}
