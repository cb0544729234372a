package io.mendel.campaign;

import io.mendel.graph.DecoderConfig;
import io.mendel.merge.MergedModel;
import io.mendel.runtime.CandidateModel;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A model that exists only as a recipe: the runtime asks for a tensor and the merge engine builds it at that moment.
 *
 * @param config the model's shape
 * @param model the planned merge
 */
record MergedCandidate(DecoderConfig config, MergedModel model) implements CandidateModel {

    @Override
    public void read(String name, MemorySegment target) {
        model.read(name, target);
    }

    @Override
    public String weightsDigest(List<String> tensors) {
        return model.plan().digest(tensors);
    }
}
