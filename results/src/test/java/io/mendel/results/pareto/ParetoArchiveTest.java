package io.mendel.results.pareto;

import static io.mendel.results.pareto.Direction.MAXIMIZE;
import static io.mendel.results.pareto.Direction.MINIMIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoArchiveTest {
    private static final List<Direction> ACCURACY_AND_LAYERS = List.of(MAXIMIZE, MINIMIZE);

    private static ArchiveMember member(long id, Double... objectives) {
        return new ArchiveMember(id, List.of(objectives));
    }

    @Test
    void directionsAreRespected() {
        var archive = ParetoArchive.of(ACCURACY_AND_LAYERS,
                List.of(member(1, 0.5, 24.0), member(2, 0.5, 20.0), member(3, 0.6, 24.0),
                        member(4, 0.4, 24.0)));
        assertThat(archive.members()).containsExactly(member(2, 0.5, 20.0), member(3, 0.6, 24.0));
        assertThat(archive.hypervolume(List.of(0.0, 30.0))).isCloseTo(0.6 * 6 + 0.5 * 4,
                within(1e-12));
    }

    @Test
    void equalCandidatesAreRepresentedByTheLowestId() {
        var late = member(7, 0.5, 3.0);
        var early = member(2, 0.5, 3.0);
        assertThat(ParetoArchive.of(ACCURACY_AND_LAYERS, List.of(late, early)).members())
                .containsExactly(early);
        assertThat(ParetoArchive.of(ACCURACY_AND_LAYERS, List.of(early, late)).members())
                .containsExactly(early);
    }

    @Test
    void zerosOfBothSignsAreEqual() {
        assertThat(ParetoArchive
                .of(ACCURACY_AND_LAYERS, List.of(member(1, 0.0, 0.0), member(2, -0.0, -0.0)))
                .members())
                .containsExactly(member(1, 0.0, 0.0));
    }

    @Test
    void rejectedCandidateLeavesTheSameArchive() {
        var archive = ParetoArchive.of(ACCURACY_AND_LAYERS, List.of(member(1, 0.5, 3.0)));
        assertThat(archive.with(member(2, 0.5, 4.0))).isSameAs(archive);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void membersAreExactlyTheFirstFrontWhateverTheOrder(int objectives) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(objectives);
        List<Direction> directions = Collections.nCopies(objectives, MINIMIZE);
        for (int round = 0; round < 20; round++) {
            var candidates = new ArrayList<ArchiveMember>();
            for (int id = 0; id < 80; id++) {
                candidates.add(new ArchiveMember(id,
                        random.ints(objectives, 0, 6).asDoubleStream().boxed().toList()));
            }
            var archive = ParetoArchive.of(directions, candidates);
            var shuffled = new ArrayList<>(candidates);
            Collections.shuffle(shuffled, new Random(round));
            assertThat(ParetoArchive.of(directions, shuffled).members())
                    .isEqualTo(archive.members());
            assertThat(archive.members()).isEqualTo(firstFront(candidates, directions));
            assertThat(archive.members())
                    .isSortedAccordingTo((a, b) -> Long.compare(a.id(), b.id()));
        }
    }

    private static List<ArchiveMember> firstFront(List<ArchiveMember> candidates,
            List<Direction> directions) {
        var points = candidates.stream()
                .map(c -> Direction.maximized(c.objectives(), directions))
                .toList();
        var front = new ArrayList<ArchiveMember>();
        for (int i : NonDominatedSorting.fronts(points).getFirst()) {
            if (front.stream()
                    .noneMatch(m -> m.objectives().equals(candidates.get(i).objectives()))) {
                front.add(candidates.get(i));
            }
        }
        return front;
    }

    @Test
    void hypervolumeNeverFalls() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
        var archive = ParetoArchive.empty(List.of(MAXIMIZE, MINIMIZE, MAXIMIZE));
        double volume = 0;
        for (int id = 0; id < 300; id++) {
            archive = archive.with(new ArchiveMember(id, random.doubles(3).boxed().toList()));
            double now = archive.hypervolume(List.of(0.0, 1.0, 0.0));
            assertThat(now).isGreaterThanOrEqualTo(volume - 1e-12);
            volume = now;
        }
        assertThat(volume).isBetween(0.5, 1.0);
    }

    @Test
    void badCandidatesAreRefused() {
        assertThatThrownBy(() -> member(5, Double.NaN, 1.0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("candidate 5");
        assertThatThrownBy(() -> ParetoArchive.empty(ACCURACY_AND_LAYERS).with(member(1, 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 objectives");
        assertThatThrownBy(() -> ParetoArchive.empty(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
