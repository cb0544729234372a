package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Documents that stand for several count as if they were there several times. */
class WeightedItemsTest {

    private static final List<Aggregation.Score> SINGLE = List.of(new Aggregation.Score(-2, 3),
            new Aggregation.Score(-5, 4), new Aggregation.Score(-1, 2),
            new Aggregation.Score(-4, 7));
    private static final int[] TIMES = {1, 4, 2, 1};

    @Test
    void aWeightIsARepetition() {
        var weighted = new ArrayList<Aggregation.Score>();
        var repeated = new ArrayList<Aggregation.Score>();
        for (int i = 0; i < TIMES.length; i++) {
            weighted.add(SINGLE.get(i).counting(TIMES[i]));
            repeated.addAll(Collections.nCopies(TIMES[i], SINGLE.get(i)));
        }
        for (Aggregation aggregation : Aggregation.values()) {
            assertThat(aggregation.of(weighted)).as(aggregation.name())
                    .isCloseTo(aggregation.of(repeated), within(1e-12));
        }
    }

    @Test
    void weightsThatAreAllTheSameChangeNothing() {
        var weighted = SINGLE.stream().map(score -> score.counting(2)).toList();
        for (Aggregation aggregation : Aggregation.values()) {
            assertThat(aggregation.of(weighted)).as(aggregation.name())
                    .isCloseTo(aggregation.of(SINGLE), within(1e-12));
        }
        assertThat(Aggregation.MEAN.standardError(weighted).orElseThrow())
                .isCloseTo(Aggregation.MEAN.standardError(SINGLE).orElseThrow(), within(1e-12));
        assertThat(Aggregation.PERPLEXITY.standardError(weighted)).isEmpty();
    }

    @Test
    void eachDocumentNeedsAWeightOfItsOwn() {
        assertThatThrownBy(() -> new ItemSet.Part("t", "test", List.of(1, 2), List.of(1.0)))
                .hasMessageContaining("2 documents of t");
        assertThatThrownBy(() -> new ItemSet.Part("t", "test", List.of(1), List.of(0.0)))
                .hasMessageContaining("above 0");
        var part = new ItemSet.Part("t", "test", List.of(4, 5, 6), List.of(1.0, 2.0, 3.0));
        assertThat(part.range(1, 3).weights()).containsExactly(2.0, 3.0);
    }
}
