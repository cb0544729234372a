package io.mendel.search;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The random numbers of one generation: a function of the campaign's seed and the generation's number. */
final class GenerationRandom {
    private static final RandomGeneratorFactory<RandomGenerator> FACTORY = RandomGeneratorFactory
            .of("L64X128MixRandom");

    private GenerationRandom() {}

    static RandomGenerator of(long seed, int generation) {
        // Neighbouring seeds and generations must not share streams, so each is mixed on its own.
        return FACTORY.create(mix(mix(seed) + generation));
    }

    /** Stafford's variant 13 of the MurmurHash3 finalizer, a bijection. */
    private static long mix(long z) {
        long x = z + 0x9E3779B97F4A7C15L;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
