package io.mendel.search;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** A wheel whose fields are as wide as the shares. */
final class Roulette {
    private Roulette() {}

    /**
     * The field the ball falls into; any field if no share is positive.
     *
     * @param shares at least one, none negative, finite
     */
    static int spin(double[] shares, RandomGenerator random) {
        double ball = random.nextDouble() * Arrays.stream(shares).sum();
        int last = (int) (random.nextDouble() * shares.length);
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0) {
                if (ball < shares[i]) {
                    return i;
                }
                last = i;
            }
            ball -= shares[i];
        }
        return last;
    }
}
