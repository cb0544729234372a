package io.mendel.benchmark.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Expected numbers: CPython 3.11.7, module random, 2026-11-23. */
class PythonRandomTest {

    private static List<Integer> range(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    @Test
    void samplesOfLargePopulationsEqualPythons() {
        var random = new PythonRandom(1234);
        assertThat(random.sample(range(7473), 5)).containsExactly(6374, 3610, 957, 61, 742);
        assertThat(random.sample(range(7473), 5)).containsExactly(7462, 6610, 4769, 286, 5501);
    }

    @Test
    void samplesOfSmallPopulationsEqualPythons() {
        assertThat(new PythonRandom(1234).sample(range(20), 5)).containsExactly(14, 3, 0, 2, 1);
    }

    @Test
    void largeSamplesEqualPythons() {
        assertThat(new PythonRandom(7).sample(range(300), 30)).containsExactly(165, 77, 202, 24, 37,
                274, 48, 187, 298, 29, 259,
                109, 19, 44, 222, 214, 35, 123, 46, 282, 217, 30, 289, 63, 114, 31, 295, 299, 203,
                25);
    }

    @Test
    void numbersResamplesAndShufflesEqualPythons() {
        var random = new PythonRandom(0);
        assertThat(random.nextDouble()).isEqualTo(0.8444218515250481);
        assertThat(random.resample(10)).containsExactly(7, 4, 2, 5, 4, 7, 3, 4, 5, 9);
        var list = new ArrayList<>(range(10));
        random.shuffle(list);
        assertThat(list).containsExactly(6, 5, 3, 9, 7, 0, 1, 4, 2, 8);
    }

    @Test
    void seedsOfMoreThan32BitsEqualPythons() {
        var random = new PythonRandom((1L << 40) | 5);
        assertThat((int) (random.nextDouble() * (1 << 27))).isEqualTo((int) (2166296868L >>> 5));
    }

    @Test
    void samplesLargerThanThePopulationAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PythonRandom(1).sample(range(3), 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new PythonRandom(1).nextInt(0));
    }
}
