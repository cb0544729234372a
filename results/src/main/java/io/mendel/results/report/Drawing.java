package io.mendel.results.report;

import static io.mendel.results.report.Figures.coordinate;

import java.util.ArrayList;
import java.util.List;

/** An SVG drawing with two axes, written element by element. */
final class Drawing {
    private static final double LABEL_HEIGHT = 13;
    private static final double LABEL_CHARACTER = 7;

    private final StringBuilder out = new StringBuilder();
    private final int width;
    private final int height;
    private final List<double[]> taken = new ArrayList<>();

    Drawing(int width, int height, String description) {
        this.width = width;
        this.height = height;
        out.append("<svg viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\" role=\"img\" aria-label=\"")
                .append(Html.escape(description))
                .append("\">\n");
    }

    /** Appends markup that is already escaped. */
    Drawing add(String markup) {
        out.append(markup).append('\n');
        return this;
    }

    Drawing line(double x1, double y1, double x2, double y2, String style) {
        return add("<line class=\"" + style + "\" x1=\"" + coordinate(x1) + "\" y1=\""
                + coordinate(y1) + "\" x2=\""
                + coordinate(x2) + "\" y2=\"" + coordinate(y2) + "\"/>");
    }

    Drawing text(double x, double y, String anchor, String style, String text) {
        return add("<text class=\"" + style + "\" x=\"" + coordinate(x) + "\" y=\"" + coordinate(y)
                + "\" text-anchor=\""
                + anchor + "\">" + Html.escape(text) + "</text>");
    }

    /** Grid, ticks and titles of both axes. */
    Drawing axes(Axis x, Axis y, String xTitle, String yTitle, int xTicks, int yTicks) {
        for (double tick : x.ticks(xTicks)) {
            line(x.pixel(tick), y.start(), x.pixel(tick), y.end(), "grid");
            text(x.pixel(tick), y.start() + 16, "middle", "tick", x.label(tick, xTicks));
        }
        for (double tick : y.ticks(yTicks)) {
            line(x.start(), y.pixel(tick), x.end(), y.pixel(tick), "grid");
            text(x.start() - 6, y.pixel(tick) + 4, "end", "tick", y.label(tick, yTicks));
        }
        line(x.start(), y.start(), x.end(), y.start(), "axis");
        line(x.start(), y.start(), x.start(), y.end(), "axis");
        text((x.start() + x.end()) / 2, y.start() + 36, "middle", "title", xTitle);
        double middle = (y.start() + y.end()) / 2;
        return add("<text class=\"title\" text-anchor=\"middle\" transform=\"translate(12 "
                + coordinate(middle)
                + ") rotate(-90)\">" + Html.escape(yTitle) + "</text>");
    }

    /** Keeps later labels away from a mark. */
    void avoid(double x, double y, double radius) {
        taken.add(new double[]{x - radius, y - radius, x + radius, y + radius});
    }

    /** A label beside a mark, on that side where it meets the edge and other labels least. */
    void label(double x, double y, String style, String text) {
        double w = text.codePoints()
                .mapToDouble(c -> c > 0x2E7F ? 2 * LABEL_CHARACTER : LABEL_CHARACTER)
                .sum();
        double[][] places = {{x + 9, y + 4}, {x - 9 - w, y + 4}, {x - w / 2, y - 9},
            {x - w / 2, y + 18}, {x + 9, y - 9},
            {x + 9, y + 17}, {x - 9 - w, y - 9}, {x - 9 - w, y + 17}};
        double[] best = places[0];
        double least = Double.POSITIVE_INFINITY;
        for (var place : places) {
            double overlap = overlap(place[0], place[1], w);
            if (overlap < least) {
                least = overlap;
                best = place;
            }
        }
        taken.add(box(best[0], best[1], w));
        if (best[0] < x - w) {
            text(best[0] + w, best[1], "end", style, text);
        } else if (best[0] > x) {
            text(best[0], best[1], "start", style, text);
        } else {
            text(x, best[1], "middle", style, text);
        }
    }

    private double overlap(double x, double y, double w) {
        var b = box(x, y, w);
        double sum = b[0] < 0 || b[1] < 0 || b[2] > width || b[3] > height ? 1e6 : 0;
        for (var t : taken) {
            sum += Math.max(0, Math.min(b[2], t[2]) - Math.max(b[0], t[0]))
                    * Math.max(0, Math.min(b[3], t[3]) - Math.max(b[1], t[1]));
        }
        return sum;
    }

    private static double[] box(double x, double y, double w) {
        return new double[]{x, y - LABEL_HEIGHT + 3, x + w, y + 3};
    }

    String end() {
        return out.append("</svg>\n").toString();
    }
}
