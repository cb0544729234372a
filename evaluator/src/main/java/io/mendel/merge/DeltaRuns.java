package io.mendel.merge;

/** Runs of deltas. */
final class DeltaRuns {

    private DeltaRuns() {}

    /** The other runs minus the first, rounded to fp32. */
    static float[][] of(float[][] runs, int count) {
        var deltas = new float[runs.length - 1][count];
        for (int m = 0; m < deltas.length; m++) {
            for (int i = 0; i < count; i++) {
                deltas[m][i] = runs[m + 1][i] - runs[0][i];
            }
        }
        return deltas;
    }
}
