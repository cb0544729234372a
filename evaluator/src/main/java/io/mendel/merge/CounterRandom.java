package io.mendel.merge;

import java.nio.charset.StandardCharsets;

/**
 * The counter-based generator of the random masks: element {@code i} of a tensor always gets the same draw.
 *
 * <p>
 * {@code u_i = (mix(key + (i + 1) · γ) >>> 11) · 2⁻⁵³} with the finaliser of SplitMix64 and {@code key = mix(seed xor
 * FNV1a64(model "/" tensor))}. Draws do not depend on one another, so chunks, threads and devices agree. Steele, Lea,
 * Flood: Fast splittable pseudorandom number generators, 2014, https://doi.org/10.1145/2660193.2660195
 */
final class CounterRandom {

    static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;
    static final long FIRST_FACTOR = 0xBF58_476D_1CE4_E5B9L;
    static final long SECOND_FACTOR = 0x94D0_49BB_1331_11EBL;
    /** Bits of a draw. */
    static final int BITS = 53;
    private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;

    private CounterRandom() {}

    static long key(long seed, String model, String tensor) {
        return mix(seed ^ fnv1a(model + "/" + tensor));
    }

    /** Draw {@code index} as an integer below 2⁵³. */
    static long draw(long key, long index) {
        return mix(key + (index + 1) * GAMMA) >>> Long.SIZE - BITS;
    }

    /** The number of draws that fall below {@code density}: an element is kept if its draw is below this limit. */
    static long limit(double density) {
        return (long) Math.ceil(Math.clamp(density, 0, 1) * 0x1p53);
    }

    static long fnv1a(String text) {
        long hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * FIRST_FACTOR;
        z = (z ^ (z >>> 27)) * SECOND_FACTOR;
        return z ^ (z >>> 31);
    }
}
