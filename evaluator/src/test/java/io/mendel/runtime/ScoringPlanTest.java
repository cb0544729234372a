package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoringPlanTest {

    @Test
    void commonPrefixesOccurOnceInARow() {
        List<PackedRow> rows = PackedRow
                .pack(List.of(new int[]{1, 2, 3}, new int[]{1, 2, 4, 5}, new int[]{9}), 10);

        assertThat(rows).hasSize(1);
        PackedRow row = rows.getFirst();
        assertThat(row.tokens()).containsExactly(1, 2, 3, 4, 5, 9);
        assertThat(row.depths()).containsExactly(0, 1, 2, 2, 3, 0);
        assertThat(row.ends()).containsExactly(5, 5, 3, 5, 5, 6);
        assertThat(row.paths()).isDeepEqualTo(new int[][]{{0, 1, 2}, {0, 1, 3, 4}, {5}});
        assertThat(row.isChain()).isFalse();
    }

    @Test
    void aFullRowIsFollowedByAnother() {
        List<PackedRow> rows = PackedRow.pack(List.of(new int[]{1, 2, 3}, new int[]{4, 5, 6}), 5);

        assertThat(rows).hasSize(2).allMatch(PackedRow::isChain);
    }

    @Test
    void longSequencesShareARowOnlyIfTheyShareMostOfThemselves() {
        int[] a = IntStream.range(0, 100).toArray();
        int[] b = a.clone();
        b[90] = 7;
        int[] c = a.clone();
        c[10] = 70;

        assertThat(PackedRow.pack(List.of(b, a), 16)).hasSize(1);
        assertThat(PackedRow.pack(List.of(a, c), 16)).hasSize(2);
    }

    @Test
    void everyNodeSeesExactlyItsOwnSequence() {
        Random random = new Random(5);
        int[][] sequences = IntStream.range(0, 200)
                .mapToObj(_ -> random.ints(1 + random.nextInt(9), 0, 3).toArray())
                .sorted(Arrays::compare)
                .toArray(int[][]::new);
        List<int[]> distinct = new ArrayList<>();
        for (int[] sequence : sequences) {
            if (distinct.isEmpty() || !Arrays.equals(distinct.getLast(), sequence)) {
                distinct.add(sequence);
            }
        }
        int members = 0;
        for (PackedRow row : PackedRow.pack(distinct, 20)) {
            assertThat(row.size()).isLessThanOrEqualTo(20);
            for (int m = 0; m < row.members().length; m++) {
                int[] path = row.paths()[m];
                int last = path[path.length - 1];
                int[] visible = IntStream.rangeClosed(0, last)
                        .filter(key -> last < row.ends()[key])
                        .toArray();
                assertThat(visible).containsExactly(path);
                assertThat(Arrays.stream(path).map(node -> row.tokens()[node]).toArray())
                        .containsExactly(distinct.get(row.members()[m]));
                members++;
            }
        }
        assertThat(members).isEqualTo(distinct.size());
    }

    @Test
    void equalSequencesAndTokensAfterTheLastPositionCostNothing() {
        ScoringPlan plan = ScoringPlan
                .of(List.of(new ScoredSequence(new int[]{1, 2, 3}, new int[]{1}, new int[]{5}),
                        new ScoredSequence(new int[]{1, 2, 4}, new int[]{1}, new int[]{6}),
                        new ScoredSequence(new int[]{8, 8}, new int[0], new int[0])), 100);

        assertThat(plan.sequences()).isEqualTo(3);
        assertThat(plan.tokens()).isEqualTo(2);
        assertThat(plan.batches().getFirst().pointCount()).isEqualTo(1);
        assertThat(plan.batches().getFirst().requests()).hasSize(2);
    }

    @Test
    void batchesKeepToTheLimit() {
        List<ScoredSequence> sequences = IntStream.range(0, 500)
                .mapToObj(i -> new ScoredSequence(new int[]{i, i + 1, i + 2}, new int[]{2},
                        new int[]{1}))
                .toList();

        assertThat(ScoringPlan.of(sequences, 60).batches())
                .allMatch(batch -> batch.tokenCount() <= 60);
    }

    @Test
    void anEmptyBatchIsRefused() {
        assertThatThrownBy(() -> ScoringPlan.of(List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1 token");
    }
}
