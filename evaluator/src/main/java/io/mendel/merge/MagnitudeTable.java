package io.mendel.merge;

/** The trims of one delta at all densities q/256, q = 0 … 256. */
final class MagnitudeTable {

    static final int STEPS = 256;

    private final Trim[] trims;

    MagnitudeTable(Trim[] trims) {
        if (trims.length != STEPS + 1) {
            throw new IllegalArgumentException(
                    "A table has " + (STEPS + 1) + " trims, not " + trims.length + ".");
        }
        this.trims = trims.clone();
    }

    static MagnitudeTable of(Magnitudes magnitudes) {
        long[] kept = new long[STEPS + 1];
        for (int q = 0; q <= STEPS; q++) {
            kept[q] = Trim.kept((double) q / STEPS, magnitudes.elements());
        }
        return new MagnitudeTable(MagnitudeSelection.select(magnitudes, kept));
    }

    static boolean covers(double density) {
        return density * STEPS == Math.rint(density * STEPS);
    }

    /** The trim of a density that the table {@link #covers}. */
    Trim at(double density) {
        return trims[(int) (density * STEPS)];
    }

    /** The trim at density {@code q/256}. */
    Trim step(int q) {
        return trims[q];
    }
}
