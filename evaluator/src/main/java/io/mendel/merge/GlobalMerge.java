package io.mendel.merge;

import java.util.List;

/**
 * A method that must look at the whole model before it can merge any tensor of it: a small record for each, that holds
 * the parameters of one tensor.
 *
 * @since 0.1
 */
public interface GlobalMerge {

    /**
     * Tensors whose rules agree in this are looked at together, as one long vector in the order of their names.
     *
     * @param output the name of the tensor
     */
    Object group(String output);

    /**
     * What is done to each tensor, now that all are known; called once for each group, on any of its rules.
     *
     * @param inputs the tensors of the group
     * @return one for each tensor, in their order
     */
    List<ResolvedMerge> resolve(GlobalInputs inputs);
}
