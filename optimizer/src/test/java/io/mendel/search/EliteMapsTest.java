package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EliteMapsTest {

    /** Small batches seldom widen a range, the first ones and rare extremes do. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void batchesGiveWhatAllAtOnceGive(int objectives) {
        var random = new SplittableRandom(objectives);
        var all = new ArrayList<Scored>();
        var grown = new EliteMaps();
        int placed = 0;
        for (int batch = 0; batch < 150; batch++) {
            var candidates = new ArrayList<Scored>();
            for (int i = 0; i < 5; i++) {
                // Steps, so that there are equal ones.
                double[] scores = random.doubles(objectives)
                        .map(x -> Math.round(40 * x * x) / 40.0)
                        .toArray();
                Scored scored = Scored.of(random.doubles(6).toArray(), scores);
                candidates.add(random.nextInt(4) == 0 ? scored.violating(scores[0]) : scored);
            }
            grown.add(candidates);
            all.addAll(candidates);

            var atOnce = new EliteMaps();
            atOnce.add(all);
            for (int turn = 0; turn < objectives; turn++) {
                assertThat(grown.inTurn(turn)).usingElementComparator(EliteMapsTest::sameObject)
                        .containsExactlyElementsOf(atOnce.inTurn(turn));
            }
            placed = grown.elites().size();
        }
        assertThat(placed).isBetween(objectives, all.size() / 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aCellKeepsTheBestOfEqualOnesTheLatest(int turn) {
        var maps = new EliteMaps();
        double[] genes = {0, 0};
        double[] cell = {turn == 0 ? 0.8 : 0.2, turn == 0 ? 0.2 : 0.8};
        Scored poor = Scored.of(genes, cell[0] - 0.1 * (1 - turn), cell[1] - 0.1 * turn);
        Scored good = Scored.of(genes, cell);
        Scored equal = Scored.of(genes, cell);
        maps.add(List.of(Scored.of(genes, 0, 1), Scored.of(genes, 1, 0), good, poor));
        assertThat(maps.inTurn(turn)).usingElementComparator(EliteMapsTest::sameObject)
                .contains(good)
                .doesNotContain(poor);
        maps.add(List.of(equal));
        assertThat(maps.inTurn(turn)).usingElementComparator(EliteMapsTest::sameObject)
                .contains(equal)
                .doesNotContain(good);
    }

    @SuppressWarnings("ReferenceEquality") // Records with equal genes are different candidates here.
    private static int sameObject(Scored a, Scored b) {
        return a == b ? 0 : 1;
    }
}
