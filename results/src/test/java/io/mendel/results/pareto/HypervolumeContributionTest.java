package io.mendel.results.pareto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HypervolumeContributionTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void contributionIsWhatIsLostWithoutThePoint(int objectives) {
        var random = new SplittableRandom(objectives);
        var points = new ArrayList<double[]>();
        for (int i = 0; i < 60; i++) {
            points.add(random.doubles(objectives, -0.2, 1).toArray());
        }
        var front = new ArrayList<double[]>();
        for (int i : NonDominatedSorting.fronts(points).getFirst()) {
            front.add(points.get(i));
        }
        var reference = new double[objectives];
        double[] contributions = HypervolumeContribution.of(front, reference);
        for (int i = 0; i < front.size(); i++) {
            var others = new ArrayList<>(front);
            others.remove(i);
            assertThat(contributions[i]).isCloseTo(Hypervolume.of(front, reference)
                    - Hypervolume.of(others, reference), within(1e-12));
        }
    }

    @Test
    void twinsAddNothing() {
        var front = List.of(new double[]{1, 2}, new double[]{2, 1}, new double[]{1, 2});
        assertThat(HypervolumeContribution.of(front, new double[2])).containsExactly(0, 1, 0);
    }
}
