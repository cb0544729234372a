package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NichesTest {
    /** Three candidates on four items: the first two pass the same, the last alone passes item 3. */
    private static final double[][] SCORES = {{1, 1, 0, 0}, {1, 1, 0, 0}, {1, 0, 0, 1}};

    @Test
    void rewardOfAnItemIsSharedByThoseThatPassIt() {
        assertThat(Niches.shared(SCORES, 1)).containsExactly(
                new double[]{1 / 3.0 + 0.5, 1 / 3.0 + 0.5, 1 / 3.0 + 1}, within(1e-8));
        assertThat(Niches.shared(SCORES, 0)).containsExactly(new double[]{2, 2, 2}, within(1e-8));
    }

    @Test
    void thoseThatPassWhatOneFailsAttractIt() {
        assertThat(Niches.attraction(SCORES, 0)).containsExactly(new double[]{0, 0, 1},
                within(1e-8));
        assertThat(Niches.attraction(SCORES, 2)).containsExactly(new double[]{0.5, 0.5, 0},
                within(1e-8));
    }

    @Test
    void childrenMixTheOtherWayRoundBehindTheSplit() {
        var kinds = new GeneKinds(List.of(0, 0, 4, 0));
        assertThat(Niches.mix(new double[]{1, 1, 0.125, 1}, new double[]{0, 0, 0.875, 0}, 0.75, 1,
                kinds)).containsExactly(0.75, 0.25, 0.875, 0.25);
    }

    /** Two specialists and many near the first: sharing keeps the rare one, plain fitness loses it. */
    @Test
    void rareSkillsSurvive() throws SearchException {
        var settings = SearchSettings.of(Algorithm.NICHES, 1).with("population", 4);
        var strategy = new Niches(settings, SearchProblem.continuous(2));
        var told = new ArrayList<Scored>();
        for (double[] x : strategy.ask()) {
            boolean rare = told.isEmpty();
            double[] items = rare ? new double[]{0, 0, 1} : new double[]{1, 1, 0};
            told.add(Scored.of(x, rare ? 1 : 2).withItems(items));
        }
        strategy.tell(told);
        for (int generation = 0; generation < 5; generation++) {
            strategy.tell(strategy.ask()
                    .stream()
                    .map(x -> Scored.of(x, 2).withItems(new double[]{1, 1, 0}))
                    .toList());
        }
        assertThat(strategy.remembered()).hasSize(4).contains(told.getFirst().genes());
    }
}
