package io.mendel.merge;

/**
 * The Karcher mean of the directions of several vectors, with their mean length.
 *
 * <p>
 * Starts at the mean direction {@code u} and follows the mean of the logarithms,
 * {@code T = mean(θᵢ/sin θᵢ · (uᵢ − cos θᵢ·u))}, along the sphere: {@code u ← cos‖T‖·u + sin‖T‖·T/‖T‖}, until
 * {@code ‖T‖} falls below a tolerance. All of it happens in the span of the vectors, so inner products suffice. Vectors
 * of length 0 have no direction; one opposite to {@code u} has no logarithm and does not pull.
 *
 * @param steps most steps, at least 1
 * @param tolerance length of {@code T} that ends the search
 */
record Karcher(int steps, double tolerance) implements CombinationMerge {

    /** Arc tangents and square roots of sums of fp64 products know angles to this. */
    private static final double SMALLEST_ANGLE = 1e-8;

    @Override
    public double[] coefficients(GramMatrix gram, int inputs) {
        double[] lengths = new double[inputs];
        double total = 0;
        int directions = 0;
        for (int i = 0; i < inputs; i++) {
            lengths[i] = Math.sqrt(gram.product(i, i));
            total += lengths[i];
            directions += lengths[i] > 0 ? 1 : 0;
        }
        double[] mean = new double[inputs];
        if (directions == 0) {
            return mean;
        }
        double[][] cosines = new double[inputs][inputs];
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < inputs; j++) {
                cosines[i][j] = lengths[i] > 0 && lengths[j] > 0
                        ? gram.product(i, j) / (lengths[i] * lengths[j])
                        : 0;
            }
            mean[i] = lengths[i] > 0 ? 1.0 / directions : 0;
        }
        search(mean, cosines, directions);
        for (int i = 0; i < inputs; i++) {
            mean[i] = lengths[i] > 0 ? mean[i] * total / inputs / lengths[i] : 0;
        }
        return mean;
    }

    /** Moves the coefficients {@code u} of the unit vectors to the mean. */
    private void search(double[] u, double[][] cosines, int directions) {
        double start = length(u, cosines);
        if (start < Math.max(tolerance, SMALLEST_ANGLE)) {
            boolean first = true;
            for (int i = 0; i < u.length; i++) {
                u[i] = first && cosines[i][i] > 0 ? 1 : 0;
                first &= u[i] == 0;
            }
            start = length(u, cosines);
        }
        scale(u, 1 / start);
        for (int step = 0; step < steps; step++) {
            double[] pull = pull(u, cosines, directions);
            double length = length(pull, cosines);
            if (length < Math.max(tolerance, SMALLEST_ANGLE)) {
                return;
            }
            double sine = StrictMath.sin(length) / length;
            double cosine = StrictMath.cos(length);
            for (int i = 0; i < u.length; i++) {
                u[i] = cosine * u[i] + sine * pull[i];
            }
            scale(u, 1 / length(u, cosines));
        }
    }

    private double[] pull(double[] u, double[][] cosines, int directions) {
        double[] pull = new double[u.length];
        double back = 0;
        for (int i = 0; i < u.length; i++) {
            double cosine = 0;
            for (int j = 0; j < u.length; j++) {
                cosine += cosines[i][j] * u[j];
            }
            cosine = Math.clamp(cosine, -1, 1);
            double angle = StrictMath.acos(cosine);
            boolean pulls = cosines[i][i] > 0 && angle >= Math.max(tolerance, SMALLEST_ANGLE)
                    && angle <= Math.PI - SMALLEST_ANGLE;
            if (pulls) {
                double factor = angle / StrictMath.sin(angle) / directions;
                pull[i] = factor;
                back += factor * cosine;
            }
        }
        for (int i = 0; i < u.length; i++) {
            pull[i] -= back * u[i];
        }
        return pull;
    }

    private static double length(double[] u, double[][] cosines) {
        double squared = 0;
        for (int i = 0; i < u.length; i++) {
            for (int j = 0; j < u.length; j++) {
                squared += u[i] * u[j] * cosines[i][j];
            }
        }
        return Math.sqrt(Math.max(0, squared));
    }

    private static void scale(double[] u, double factor) {
        for (int i = 0; i < u.length; i++) {
            u[i] *= factor;
        }
    }
}
