package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.benchmark.ItemResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnlabelledTest {

    private static ItemResult item(Double... logLikelihoods) {
        return new ItemResult("task", 0, List.of(logLikelihoods), List.of(), "", Map.of(), Map.of(),
                Map.of());
    }

    /** Computed with NumPy from the logits (2026-11). */
    @Test
    void entropyAndMutualInformationOfTwoItems() {
        var items = List.of(item(2.0, 0.0, -1.0), item(0.1, 0.2, 0.3));
        assertThat(Unlabelled.entropy(items.subList(0, 1))).isCloseTo(0.524267, within(1e-6));
        assertThat(Unlabelled.entropy(items)).isCloseTo(0.809777, within(1e-6));
        assertThat(Unlabelled.mutualInformation(items)).isCloseTo(0.169029, within(1e-6));
    }

    @Test
    void aModelThatAlwaysSaysTheSameHasNoInformation() {
        var sure = List.of(item(0.0, -50.0), item(0.0, -50.0));
        assertThat(Unlabelled.entropy(sure)).isCloseTo(0, within(1e-12));
        assertThat(Unlabelled.mutualInformation(sure)).isCloseTo(0, within(1e-12));
        assertThat(Unlabelled.mutualInformation(List.of(item(0.0, -50.0), item(-50.0, 0.0))))
                .isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void itemsWithoutChoicesDoNotCount() {
        assertThat(Unlabelled.entropy(List.of(item(-3.0)))).isNaN();
    }
}
