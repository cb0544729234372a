package io.mendel.runtime;

import io.mendel.graph.DecoderConfig;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that can be run block by block: its shape and, on demand, its weights.
 *
 * <p>
 * The runtime never asks for the whole model. It asks for the tensors of one block while the block before is computed,
 * so an implementation may build each tensor (merge it from its parents) at that moment.
 *
 * @since 0.1
 */
public interface CandidateModel {

    /** Shape and hyper-parameters of the model. */
    DecoderConfig config();

    /**
     * Writes the tensor of this name as fp32, already rounded to the candidate's stored dtype.
     *
     * <p>
     * The runtime calls this from several threads at once, for each tensor once per run.
     *
     * @param name the Hugging Face name, such as {@code model.layers.3.mlp.up_proj.weight}
     * @param target native memory of exactly {@code 4 × elements} bytes, C order; filled completely
     * @throws IllegalArgumentException if the model has no such tensor
     */
    void read(String name, MemorySegment target);

    /**
     * Tells layers with equal weights, without building them: their digests are equal, those of others differ.
     *
     * <p>
     * It holds across candidates of one engine, so that what one has built or computed serves the next.
     *
     * @param tensors the names of a block's tensors, in the order of its graph
     * @return null if that is not known, as here
     */
    default @Nullable String weightsDigest(List<String> tensors) {
        return null;
    }
}
