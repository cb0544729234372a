package io.mendel.results.report;

import java.util.Locale;

/** Numbers as they are shown: three digits, and a dash for what was not measured. */
final class Figures {
    static final String NONE = "–";

    private Figures() {}

    static String of(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value)) {
            return NONE;
        }
        if (size >= 2 && size < 1e7 && value == Math.rint(value)) {
            return minus(String.format(Locale.ROOT, "%.0f", value));
        }
        if (size != 0 && (size < 1e-3 || size >= 1e7)) {
            return minus(String.format(Locale.ROOT, "%.2e", value));
        }
        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
        return minus(String.format(Locale.ROOT, "%." + decimals + "f", value));
    }

    /** The value with its standard error, if that is known. */
    static String of(double value, double stderr) {
        return Double.isFinite(stderr) && Double.isFinite(value)
                ? of(value) + " ± " + of(stderr)
                : of(value);
    }

    /** A coordinate in a drawing. */
    static String coordinate(double value) {
        var text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String minus(String number) {
        return number.startsWith("-") ? "−" + number.substring(1) : number;
    }
}
