package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SynergyTest {

    @Test
    void aMergedModelIsHeldAgainstTheMeanAndTheBestOfItsParents() {
        Synergy above = Synergy.of(.72, List.of(.5, .7), true);
        assertThat(above.difference()).isCloseTo(.12, within(1e-12));
        assertThat(above.emergent()).isTrue();
        Synergy between = Synergy.of(.65, List.of(.5, .7), true);
        assertThat(between.difference()).isCloseTo(.05, within(1e-12));
        assertThat(between.emergent()).isFalse();
        assertThat(Synergy.of(.7, List.of(.7), true).emergent()).as("as good is not better")
                .isFalse();
    }

    @Test
    void ofMetricsThatShouldBeSmallTheSmallestIsBest() {
        Synergy perplexity = Synergy.of(9, List.of(10.0, 12.0), false);
        assertThat(perplexity.difference()).isEqualTo(-2);
        assertThat(perplexity.emergent()).isTrue();
        assertThat(Synergy.of(11, List.of(10.0, 12.0), false).emergent()).isFalse();
    }
}
