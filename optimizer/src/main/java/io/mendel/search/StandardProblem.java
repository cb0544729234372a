package io.mendel.search;

import java.util.Locale;
import java.util.Random;

/**
 * Multi-objective test functions on [0, 1]ⁿ, minimised.
 *
 * <p>
 * E. Zitzler, K. Deb, L. Thiele, <em>Comparison of multiobjective evolutionary algorithms: empirical results</em>, 2000;
 * K. Deb et al., <em>Scalable multi-objective optimization test problems</em>, 2002. The bars are the 5th percentile
 * of the hypervolume (reference 1.1 in every objective) that pymoo 0.6.2, MOEA Framework 5.0 and jMetal 6.6 reach with
 * NSGA-II, population 100, in 25 000 evaluations (93 runs, 62 for the shifted problem), measured 2026-11.
 */
enum StandardProblem {
    ZDT1(30, 2, 0.876667, 0.8688) {
        @Override
        double[] minimised(double[] x) {
            double g = 1 + 9 * mean(x);
            return new double[]{x[0], g * (1 - Math.sqrt(x[0] / g))};
        }
    },
    /** The optimum lies at a fixed random point in [0.2, 0.8], where an operator that drifts to 0 finds nothing. */
    SHIFTED_ZDT1(30, 2, 0.876667, 0.8617) {
        @Override
        double[] minimised(double[] x) {
            var random = new Random(11);
            var shifted = x.clone();
            for (int i = 1; i < x.length; i++) {
                shifted[i] = Math.abs(x[i] - (0.2 + 0.6 * random.nextDouble()));
            }
            return ZDT1.minimised(shifted);
        }
    },
    ZDT2(30, 2, 0.543333, 0.5355) {
        @Override
        double[] minimised(double[] x) {
            double g = 1 + 9 * mean(x);
            return new double[]{x[0], g * (1 - (x[0] / g) * (x[0] / g))};
        }
    },
    ZDT3(30, 2, 1.33176, 1.3270) {
        @Override
        double[] minimised(double[] x) {
            double g = 1 + 9 * mean(x);
            return new double[]{x[0],
                g * (1 - Math.sqrt(x[0] / g) - x[0] / g * Math.sin(10 * Math.PI * x[0]))};
        }
    },
    ZDT4(10, 2, 0.876667, 0.8589) {
        @Override
        double[] minimised(double[] x) {
            double g = 1 + 10 * (x.length - 1);
            for (int i = 1; i < x.length; i++) {
                double v = 10 * x[i] - 5;
                g += v * v - 10 * Math.cos(4 * Math.PI * v);
            }
            return new double[]{x[0], g * (1 - Math.sqrt(x[0] / g))};
        }
    },
    ZDT6(10, 2, 0.507877, 0.4929) {
        @Override
        double[] minimised(double[] x) {
            double f = 1 - Math.exp(-4 * x[0]) * Math.pow(Math.sin(6 * Math.PI * x[0]), 6);
            double g = 1 + 9 * Math.pow(mean(x), 0.25);
            return new double[]{f, g * (1 - (f / g) * (f / g))};
        }
    },
    DTLZ2(12, 3, 0.807401, 0.6908) {
        @Override
        double[] minimised(double[] x) {
            double g = 0;
            for (int i = 2; i < x.length; i++) {
                g += (x[i] - 0.5) * (x[i] - 0.5);
            }
            double a = x[0] * Math.PI / 2;
            double b = x[1] * Math.PI / 2;
            return new double[]{(1 + g) * Math.cos(a) * Math.cos(b),
                (1 + g) * Math.cos(a) * Math.sin(b),
                (1 + g) * Math.sin(a)};
        }
    };

    private final int genes;
    private final int objectives;
    private final double optimum;
    private final double bar;

    StandardProblem(int genes, int objectives, double optimum, double bar) {
        this.genes = genes;
        this.objectives = objectives;
        this.optimum = optimum;
        this.bar = bar;
    }

    abstract double[] minimised(double[] x);

    int genes() {
        return genes;
    }

    int objectives() {
        return objectives;
    }

    /** The hypervolume of the whole front. */
    double optimum() {
        return optimum;
    }

    /** The hypervolume that NSGA-II must reach in 25 000 evaluations. */
    double bar() {
        return bar;
    }

    /** The name on the command line, such as {@code zdt1-shifted}. */
    String key() {
        return this == SHIFTED_ZDT1 ? "zdt1-shifted" : name().toLowerCase(Locale.ROOT);
    }

    private static double mean(double[] x) {
        double sum = 0;
        for (int i = 1; i < x.length; i++) {
            sum += x[i];
        }
        return sum / (x.length - 1);
    }
}
