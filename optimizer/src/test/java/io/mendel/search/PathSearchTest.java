package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.space.DataFlowSettings;
import io.mendel.space.DataFlowSettings.Encoding;
import io.mendel.space.DataFlowSettings.Model;
import io.mendel.space.DataFlowSpace;
import io.mendel.space.Gene;
import io.mendel.space.ParameterSpaceSettings.Range;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Paths varied by edits, by every algorithm that asks the space for variation. */
class PathSearchTest {

    private static final DataFlowSpace SPACE = new DataFlowSpace(new DataFlowSettings(
            List.of(new Model("a", "a", 6), new Model("b", "b", 6), new Model("c", "c", 6)),
            Encoding.EDITS, 1, 2, 10, new Range(0.4, 1.5), true, 0.1, null));

    /** Four edits away from the first model's own path. */
    private static final List<String> WANTED = List.of("a0", "b1", "a2", "a2", "c3", "a5");

    private static SearchProblem problem() {
        var words = SPACE.genes().stream().map(gene -> switch (gene) {
            case Gene.Choice choice -> choice.words().size();
            case Gene.Real _ -> 0;
        }).toList();
        return new SearchProblem(SPACE.centre(),
                SPACE.seeds().stream().map(seed -> seed.vector()).toList(), SPACE::snap,
                objectives -> objectives[0], new GeneKinds(words), SPACE.variation());
    }

    static Stream<Algorithm> varying() {
        return Stream.of(Algorithm.values()).filter(algorithm -> !algorithm.computesWithGenes());
    }

    /** Edits between a path and the wanted one (Levenshtein), and how far scales are from 1. */
    private static double distance(Recipe recipe) {
        var path = recipe.slices()
                .stream()
                .map(slice -> slice.sources().getFirst())
                .map(source -> source.model()
                        + Objects.requireNonNull(source.layers()).start())
                .toList();
        int[] row = new int[WANTED.size() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= path.size(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int edited = Math.min(Math.min(row[j], row[j - 1]) + 1,
                        diagonal + (path.get(i - 1).equals(WANTED.get(j - 1)) ? 0 : 1));
                diagonal = row[j];
                row[j] = edited;
            }
        }
        return row[WANTED.size()]
                + recipe.scales().stream().mapToDouble(s -> Math.abs(s - 1)).sum();
    }

    @ParameterizedTest
    @MethodSource("varying")
    void aPathIsFoundByItsEdits(Algorithm algorithm) {
        double sum = 0;
        for (int seed = 0; seed < 5; seed++) {
            var strategy = Strategies.create(
                    Strategies.resolve(SearchSettings.of(algorithm, seed), problem(), 1, 400),
                    problem());
            var all = new ArrayList<Double>();
            while (all.size() < 400) {
                var told = strategy.ask()
                        .stream()
                        .map(x -> Scored.of(x, -distance(SPACE.decode(x))))
                        .toList();
                told.forEach(scored -> {
                    assertThat(SPACE.snap(scored.genes())).isEqualTo(scored.genes());
                    all.add(-scored.objectives()[0]);
                });
                strategy.tell(told);
            }
            sum += all.subList(0, 400).stream().min(Double::compare).orElseThrow();
        }
        // Drawing at random near the first model's path gets to about 2.
        assertThat(sum / 5).isLessThan(algorithm == Algorithm.RANDOM ? 4.0 : 1.5);
    }
}
