package io.mendel.results.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({"0, 0.000", "0.73149, 0.731", "-0.5, −0.500", "1, 1.000", "12, 12", "12.345, 12.35",
        "123.45, 123.5",
        "1234.5, 1235", "70000000, 7.00e+07", "0.00012, 1.20e-04", "NaN, –", "Infinity, –"})
    void numbersHaveThreeDigits(double value, String text) {
        assertThat(Figures.of(value)).isEqualTo(text);
    }

    @Test
    void standardErrorsAreShownWhenKnown() {
        assertThat(Figures.of(0.5, 0.02)).isEqualTo("0.500 ± 0.020");
        assertThat(Figures.of(0.5, Double.NaN)).isEqualTo("0.500");
        assertThat(Figures.of(Double.NaN, 0.1)).isEqualTo("–");
    }

    @Test
    void ticksAreRound() {
        var axis = new Axis(0.234, 0.87, 0, 100, false);
        assertThat(axis.ticks(5).stream().map(tick -> axis.label(tick, 5))).containsExactly("0.3",
                "0.4", "0.5", "0.6", "0.7",
                "0.8");
        var counts = Axis.counting(2, 0, 100);
        assertThat(counts.ticks(8).stream().map(tick -> counts.label(tick, 8))).containsExactly("0",
                "1", "2");
        var large = new Axis(9e11, 1.1e12, 0, 100, false);
        assertThat(large.ticks(4).stream().map(tick -> large.label(tick, 4)).distinct()).hasSize(5);
    }

    @Test
    void axesOfDegenerateDataHaveWidth() {
        for (var values : new double[][]{{}, {0}, {0.5}, {-1e9}, {Double.NaN}, {1e-12, 1e-12}}) {
            var axis = Axis.around(DoubleStream.of(values), 0, 100);
            assertThat(axis.high()).isGreaterThan(axis.low());
            assertThat(axis.ticks(5)).hasSizeBetween(2, 12);
        }
    }
}
