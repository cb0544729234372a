package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceDirectionsTest {

    /** The numbers of directions in the papers' tables, and what fits around them. */
    @ParameterizedTest
    @CsvSource({"1, 10, 1", "2, 100, 100", "3, 91, 91", "3, 100, 91", "3, 24, 21", "5, 210, 210",
        "8, 156, 156", "3, 2, 3"})
    void thereAreAsManyAsFit(int objectives, int limit, int count) {
        var directions = ReferenceDirections.atMost(objectives, limit);
        assertThat(directions).hasSize(count).doesNotHaveDuplicates();
        assertThat(directions).allSatisfy(direction -> {
            assertThat(Arrays.stream(direction).sum()).isCloseTo(1, within(1e-12));
            assertThat(Arrays.stream(direction)).hasSize(objectives).allMatch(x -> x >= 0);
        });
    }

    @Test
    void simplexOfTwoDivisions() {
        assertThat(ReferenceDirections.simplex(3, 2)).containsExactly(new double[]{0, 0, 1},
                new double[]{0, 0.5, 0.5}, new double[]{0, 1, 0}, new double[]{0.5, 0, 0.5},
                new double[]{0.5, 0.5, 0}, new double[]{1, 0, 0});
    }
}
