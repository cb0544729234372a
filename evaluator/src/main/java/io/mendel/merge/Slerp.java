package io.mendel.merge;

/**
 * Spherical interpolation between two inputs, seen as vectors.
 *
 * <p>
 * Shoemake's formula on the tensors as they are; the angle is that between their directions. Beyond a cosine of 0.9995
 * the arc is a line, as in mergekit.
 *
 * @param t place on the arc: 0 is the first input, 1 the second
 */
record Slerp(double t) implements CombinationMerge {

    private static final double COLLINEAR = 0.9995;
    private static final double SHORTEST_VECTOR = 1e-8;

    @Override
    public double[] coefficients(GramMatrix gram, int inputs) {
        double a = Math.sqrt(gram.product(0, 0));
        double b = Math.sqrt(gram.product(1, 1));
        double cosine = gram.product(0, 1)
                / ((a > SHORTEST_VECTOR ? a : 1) * (b > SHORTEST_VECTOR ? b : 1));
        if (Math.abs(cosine) > COLLINEAR || t == 0 || t == 1) {
            return new double[]{1 - t, t};
        }
        double angle = StrictMath.acos(cosine);
        double sine = StrictMath.sin(angle);
        return new double[]{StrictMath.sin((1 - t) * angle) / sine, StrictMath.sin(t * angle) / sine};
    }
}
