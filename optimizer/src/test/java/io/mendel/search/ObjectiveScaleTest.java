package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class ObjectiveScaleTest {

    @Test
    void planeThroughTheExtremesMeetsTheAxesAtOne() {
        // All points lie on x/2 + y/4 = 1, shifted by (10, 20).
        var front = List.of(new double[]{10, 24}, new double[]{12, 20}, new double[]{11, 22});
        var scaled = new ObjectiveScale().normalise(front, front);
        assertThat(scaled.get(0)).containsExactly(new double[]{0, 1}, Assertions.within(1e-12));
        assertThat(scaled.get(1)).containsExactly(new double[]{1, 0}, Assertions.within(1e-12));
        assertThat(scaled.get(2)).containsExactly(new double[]{0.5, 0.5},
                Assertions.within(1e-12));
    }

    @Test
    void degenerateFrontsAreScaledByTheirWorst() {
        var one = List.of(new double[]{3, 5}, new double[]{4, 9});
        var scaled = new ObjectiveScale().normalise(one, one.subList(0, 1));
        assertThat(scaled.get(0)).containsExactly(0, 0);
        assertThat(java.util.Arrays.stream(scaled.get(1))).allMatch(Double::isFinite);
    }

    @Test
    void bestValuesOfEarlierCallsAreRemembered() {
        var scale = new ObjectiveScale();
        var early = List.of(new double[]{0, 2}, new double[]{2, 0});
        scale.normalise(early, early);
        var late = List.of(new double[]{1, 1.5}, new double[]{1.5, 1});
        assertThat(scale.normalise(late, late).getFirst()[0]).isGreaterThan(0);
    }
}
