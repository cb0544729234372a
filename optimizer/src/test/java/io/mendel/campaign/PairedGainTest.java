package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.campaign.PairedGain.Part;
import io.mendel.results.PairedTest.Pairs;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedGainTest {

    private static final Part HALF = new Part("half",
            new Pairs(new double[]{1, 1, 0, 0}, new double[]{0, 1, 0, 0}));
    private static final Part WORSE = new Part("worse",
            new Pairs(new double[]{0.2, 0.4}, new double[]{0.4, 0.6}));

    @Test
    void theErrorIsThatOfTheDifferences() {
        PairedGain one = PairedGain.of(List.of(HALF), Main.Rule.MEAN);
        assertThat(one.gain()).isEqualTo(0.25);
        // Differences 1, 0, 0, 0: variance 1/4, of their mean 1/16.
        assertThat(one.error()).isEqualTo(0.25);

        // The other task is worse by the same on every item, which is certain.
        PairedGain mean = PairedGain.of(List.of(HALF, WORSE), Main.Rule.MEAN);
        assertThat(mean.gain()).isCloseTo(0.025, within(1e-12));
        assertThat(mean.error()).isCloseTo(0.125, within(1e-12));

        // Means .5 and .3 against .25 and .5.
        PairedGain min = PairedGain.of(List.of(HALF, WORSE), Main.Rule.MIN);
        assertThat(min.gain()).isCloseTo(0.05, within(1e-12));
        assertThat(min.error()).isEqualTo(0.25);
    }

    @Test
    void objectivesOfOneTaskAreAddedUpItemByItem() {
        // The same differences twice are as uncertain as once; as two tasks they would be less so.
        PairedGain same = PairedGain.of(List.of(HALF, HALF), Main.Rule.MEAN);
        assertThat(same.gain()).isCloseTo(0.25, within(1e-12));
        assertThat(same.error()).isCloseTo(0.25, within(1e-12));
        PairedGain apart = PairedGain.of(List.of(HALF, new Part("other", HALF.pairs())),
                Main.Rule.MEAN);
        assertThat(apart.gain()).isCloseTo(0.25, within(1e-12));
        assertThat(apart.error()).isCloseTo(0.25 / Math.sqrt(2), within(1e-12));

        // What one objective gains on every item the other loses: no gain, for certain.
        double[] better = HALF.pairs().first();
        double[] worse = HALF.pairs().second();
        Part opposite = new Part("half", new Pairs(worse, better));
        assertThat(PairedGain.of(List.of(HALF, opposite), Main.Rule.MEAN))
                .isEqualTo(new PairedGain(0, 0));
    }

    @Test
    void theBestOfManyEqualModelsSeldomSeemsBetter() {
        var random = new SplittableRandom(3);
        int seemed = 0;
        int seemedAlone = 0;
        for (int round = 0; round < 200; round++) {
            double[] old = random.doubles(150).toArray();
            PairedGain best = new PairedGain(-1, 0);
            for (int path = 0; path < 60; path++) {
                double[] scores = old.clone();
                for (int i = 0; i < scores.length; i++) {
                    scores[i] += 0.1 * random.nextGaussian();
                }
                PairedGain gain = PairedGain.of(
                        List.of(new Part("task", new Pairs(scores, old))), Main.Rule.MEAN);
                best = gain.gain() > best.gain() ? gain : best;
            }
            seemed += best.beyondLuckOf(60) ? 1 : 0;
            seemedAlone += best.beyondLuckOf(1) ? 1 : 0;
        }
        assertThat(seemed).isLessThan(50);
        assertThat(seemedAlone).isGreaterThan(190);
        assertThat(new PairedGain(0.03, 0.01).beyondLuckOf(60)).isTrue();
        assertThat(new PairedGain(0, 0).beyondLuckOf(60)).isFalse();
    }
}
