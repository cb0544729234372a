package io.mendel.merge;

/**
 * Spherical interpolation between two vectors, whatever their lengths.
 *
 * <p>
 * Where the sine of the angle is below 0.001 the arc is a line: for parallel vectors the difference is below fp32's
 * resolution, and the arc between opposite vectors is undefined.
 *
 * @param t place on the arc: 0 is the first vector, 1 the second
 */
record NuSlerp(double t) implements CombinationMerge {

    private static final double SMALLEST_SINE = 1e-3;
    private static final double SHORTEST_VECTOR = 1e-7;

    /** The place that two weights stand for. */
    static NuSlerp of(double first, double second) {
        double sum = first + second;
        return new NuSlerp(Math.abs(sum) < 1e-6 ? 0.5 : second / sum);
    }

    @Override
    public double[] coefficients(GramMatrix gram, int inputs) {
        double a = Math.max(SHORTEST_VECTOR, Math.sqrt(gram.product(0, 0)));
        double b = Math.max(SHORTEST_VECTOR, Math.sqrt(gram.product(1, 1)));
        double angle = StrictMath.acos(Math.clamp(gram.product(0, 1) / (a * b), -1, 1));
        double sine = StrictMath.sin(angle);
        if (sine < SMALLEST_SINE || t == 0 || t == 1) {
            return new double[]{1 - t, t};
        }
        return new double[]{StrictMath.sin((1 - t) * angle) / sine,
            StrictMath.sin(t * angle) / sine};
    }
}
