package io.mendel.campaign;

import java.util.List;

/**
 * What the merges of a file of recipes will do, found out without making a model.
 *
 * @param merges one for each recipe, in the order in which they are carried out; the last one makes the output
 * @since 0.1
 */
public record SequencePreview(List<MergePreview> merges) {

    public SequencePreview {
        merges = List.copyOf(merges);
    }

    /** The merge that everything is done for. */
    public MergePreview output() {
        return merges.getLast();
    }

    /** Bytes of tensors that all merges read. */
    public long bytesRead() {
        return merges.stream().mapToLong(MergePreview::bytesRead).sum();
    }

    /** Bytes of tensors that all merges write. */
    public long bytesWritten() {
        return merges.stream().mapToLong(MergePreview::bytesWritten).sum();
    }

    /** Bytes of the intermediate models, all of which exist at once. */
    public long intermediateBytes() {
        return bytesWritten() - output().bytesWritten();
    }

    /** How long all merges take, extrapolated from samples; the time of the disk comes on top. */
    public double seconds() {
        return merges.stream().mapToDouble(MergePreview::seconds).sum();
    }
}
