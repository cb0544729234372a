package io.mendel.benchmark.python;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * CPython's {@code random.Random}: the same seed draws the same numbers, samples and shuffles.
 *
 * <p>
 * M. Matsumoto, T. Nishimura: Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
 * generator, ACM TOMACS 8(1), 1998, with {@code init_by_array} seeding and CPython 3.11's rejection sampling. Not
 * thread-safe.
 *
 * @since 0.1
 */
public final class PythonRandom {

    private static final int N = 624;
    private static final int M = 397;

    private final int[] state = new int[N];
    private int next = N;

    /**
     * Seeds the generator as {@code Random(seed)} does; the sign of the seed is ignored.
     *
     * @param seed any number
     */
    public PythonRandom(long seed) {
        long magnitude = Math.abs(seed);
        int low = (int) magnitude;
        int high = (int) (magnitude >>> 32);
        seedByArray(high == 0 ? new int[]{low} : new int[]{low, high});
    }

    private void seedByArray(int[] key) {
        state[0] = 19650218;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
        int i = 1;
        int j = 0;
        for (int k = Math.max(N, key.length); k > 0; k--) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525)) + key[j] + j;
            j = (j + 1) % key.length;
            i = advance(i);
        }
        for (int k = N - 1; k > 0; k--) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941)) - i;
            i = advance(i);
        }
        state[0] = 0x80000000;
    }

    private int advance(int i) {
        if (i + 1 < N) {
            return i + 1;
        }
        state[0] = state[N - 1];
        return 1;
    }

    private int nextWord() {
        if (next == N) {
            for (int k = 0; k < N; k++) {
                int y = (state[k] & 0x80000000) | (state[(k + 1) % N] & 0x7fffffff);
                state[k] = state[(k + M) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
            }
            next = 0;
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    /** A uniform number in [0, 1) with 53 bits, as {@code random()}. */
    public double nextDouble() {
        int a = nextWord() >>> 5;
        int b = nextWord() >>> 6;
        return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0);
    }

    /**
     * A uniform number in [0, bound), as {@code randrange(bound)}.
     *
     * @param bound at least 1
     */
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("The bound (" + bound + ") must be at least 1.");
        }
        int bits = 32 - Integer.numberOfLeadingZeros(bound);
        int draw;
        do {
            draw = nextWord() >>> (32 - bits);
        } while (draw >= bound);
        return draw;
    }

    /**
     * Draws distinct elements in random order, as {@code sample(population, count)}.
     *
     * @param population what to draw from
     * @param count from 0 to the size of the population
     * @throws IllegalArgumentException if the population is smaller than the sample
     */
    public <T> List<T> sample(List<T> population, int count) {
        int n = population.size();
        if (count < 0 || count > n) {
            throw new IllegalArgumentException(
                    "A sample of " + count + " needs a population of at least that size, not "
                            + n + ".");
        }
        int setSize = 21;
        if (count > 5) {
            setSize += (int) Math.pow(4, Math.ceil(Math.log(count * 3.0) / Math.log(4)));
        }
        var result = new ArrayList<T>(count);
        if (n <= setSize) {
            var pool = new ArrayList<T>(population);
            for (int i = 0; i < count; i++) {
                int j = nextInt(n - i);
                result.add(pool.get(j));
                pool.set(j, pool.get(n - i - 1));
            }
        } else {
            Set<Integer> selected = new HashSet<>();
            for (int i = 0; i < count; i++) {
                int j = nextInt(n);
                while (!selected.add(j)) {
                    j = nextInt(n);
                }
                result.add(population.get(j));
            }
        }
        return result;
    }

    /**
     * Draws indices with replacement, as {@code choices(range(size), k=size)}.
     *
     * @param size number of elements and of draws, at least 1
     */
    public int[] resample(int size) {
        int[] indices = new int[size];
        for (int i = 0; i < size; i++) {
            indices[i] = (int) (nextDouble() * size);
        }
        return indices;
    }

    /**
     * Shuffles in place, as {@code shuffle(list)}.
     *
     * @param list a modifiable list
     */
    public <T> void shuffle(List<T> list) {
        for (int i = list.size() - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            T swapped = list.get(i);
            list.set(i, list.get(j));
            list.set(j, swapped);
        }
    }
}
