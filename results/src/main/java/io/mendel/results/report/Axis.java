package io.mendel.results.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A linear scale from values to pixels with round ticks.
 *
 * @param low the value at {@code start}
 * @param high the value at {@code end}, above {@code low}
 * @param start the pixel of the low end
 * @param end the pixel of the high end; may be less than {@code start}
 * @param whole whether the values are counts, so that ticks are whole numbers
 */
record Axis(double low, double high, double start, double end, boolean whole) {

    /** An axis from 0 to a count. */
    static Axis counting(int most, double start, double end) {
        return new Axis(0, Math.max(1, most), start, end, true);
    }

    /** An axis that holds all values, NaN left out, with a little room at both ends. */
    static Axis around(DoubleStream values, double start, double end) {
        var statistics = values.filter(Double::isFinite).summaryStatistics();
        if (statistics.getCount() == 0) {
            return new Axis(0, 1, start, end, false);
        }
        double width = statistics.getMax() - statistics.getMin();
        double room = width > 0
                ? width * 0.06
                : statistics.getMax() == 0 ? 0.05 : Math.abs(statistics.getMax()) * 0.1;
        return new Axis(statistics.getMin() - room, statistics.getMax() + room, start, end, false);
    }

    double pixel(double value) {
        return start + (value - low) / (high - low) * (end - start);
    }

    /** About {@code wanted} multiples of 1, 2 or 5 times a power of ten within the axis. */
    List<Double> ticks(int wanted) {
        double step = step(wanted);
        var ticks = new ArrayList<Double>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** The tick with as many decimals as its neighbours need. */
    String label(double tick, int wanted) {
        double step = step(wanted);
        if (tick != 0 && (step >= 1e5 || step < 1e-5)) {
            int digits = (int) Math.clamp(
                    Math.floor(Math.log10(Math.abs(tick))) - Math.floor(Math.log10(step)), 0, 9);
            return String.format(Locale.ROOT, "%." + digits + "e", tick)
                    .replace("e+0", "e")
                    .replace("e+", "e");
        }
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f", tick + 0.0).replace('-', '−');
    }

    private double step(int wanted) {
        double raw = (high - low) / wanted;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double digit = raw / power;
        double step = power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
        return whole ? Math.max(1, step) : step;
    }
}
