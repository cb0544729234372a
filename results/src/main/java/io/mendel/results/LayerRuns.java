package io.mendel.results;

/**
 * Work that candidates with common beginnings saved each other; a cost, no part of the result.
 *
 * @param executed how often a batch went through a layer
 * @param saved how often it did not, because the hidden state behind the layer was still there
 * @since 0.1
 */
public record LayerRuns(long executed, long saved) {

    /** Nothing yet. */
    public static final LayerRuns NONE = new LayerRuns(0, 0);

    /** The saved part, 0 to 1. */
    public double share() {
        return saved == 0 ? 0 : (double) saved / (executed + saved);
    }
}
