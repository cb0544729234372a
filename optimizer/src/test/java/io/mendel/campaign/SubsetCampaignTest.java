package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.Evaluation;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Campaigns whose search items are chosen by what the parents say. */
class SubsetCampaignTest {

    @TempDir
    private Path folder;

    private static CampaignSpec spec(String evaluation) throws Exception {
        return SmallCampaign.spec(new HashMap<>(Map.of("evaluation", evaluation, "space.methods",
                "[task_arithmetic]", "search.population", "4", "budget.evaluations", "6")));
    }

    /** The mean is over eight models and three objectives, so it is small where scores are honest. */
    @ParameterizedTest
    @CsvSource({"k_medoids, 0.06", "disagreement, 0.12"})
    void fewItemsStandForAllAndAreChosenOnce(String selection, double tolerance) throws Exception {
        CampaignSpec spec = spec(
                "{items: 16, selection: " + selection + ", validation_items: 100, test_items: 2}");
        Path directory = folder.resolve(selection);
        var computed = new AtomicInteger();
        var counting = new CampaignListener() {
            @Override
            public void evaluated(boolean fresh) {
                computed.addAndGet(fresh ? 1 : 0);
            }
        };
        assertThatThrownBy(() -> new CampaignSession(spec, directory,
                new CampaignSession.Options(1, 2, false), counting, () -> computed.get() >= 3)
                .run()).isInstanceOf(StoppedException.class);
        new CampaignSession(spec, directory, new CampaignSession.Options(2, 2, false), counting,
                () -> false).run();

        try (CampaignStore store = CampaignStore.read(directory)) {
            SortedMap<String, String> sets = store.itemSets();
            assertThat(sets).containsOnlyKeys("pool", "search", "validation", "test");
            Map<String, Evaluation> all = store
                    .evaluations(Objects.requireNonNull(sets.get("pool")));
            Map<String, Evaluation> few = store
                    .evaluations(Objects.requireNonNull(sets.get("search")));
            assertThat(all).as("base, parents and textbook recipes").hasSize(8);
            double difference = all.keySet()
                    .stream()
                    .mapToDouble(recipe -> difference(all.get(recipe), few.get(recipe)))
                    .average()
                    .orElseThrow();
            assertThat(difference).isLessThan(tolerance);
        }
        assertThat(CampaignSummary.read(directory).contents().evaluated()).isEqualTo(6);
    }

    /** The mean distance of two evaluations' objectives. */
    private static double difference(@Nullable Evaluation one, @Nullable Evaluation other) {
        var values = objectives(other);
        return objectives(one).entrySet()
                .stream()
                .mapToDouble(entry -> Math.abs(
                        entry.getValue() - Objects.requireNonNull(values.get(entry.getKey()))))
                .average()
                .orElseThrow();
    }

    private static SortedMap<String, Double> objectives(@Nullable Evaluation evaluation) {
        return ((Outcome.Finished) Objects.requireNonNull(evaluation).outcome()).objectives();
    }

    @Test
    void itemsThatAreChosenOnceNeitherRotateNorRace() {
        assertThatThrownBy(() -> spec("{items: 40, selection: k_medoids, racing: true}"))
                .hasMessageContaining("racing")
                .hasMessageContaining("stratified");
        assertThatThrownBy(() -> spec("{items: 40, selection: disagreement, rotate: true}"))
                .hasMessageContaining("rotate");
        assertThatThrownBy(() -> spec("{items: 40, selection: k_medoid}"))
                .hasMessageContaining("k_medoids");
    }
}
