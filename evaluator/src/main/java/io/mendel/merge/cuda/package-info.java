/**
 * Merging on NVIDIA GPUs: parents stay in device memory, one launch of one kernel merges a run of a tensor.
 *
 * <p>
 * {@link io.mendel.merge.cuda.MergeDevice} chooses between GPU and processor. Kernels are CUDA C in
 * {@code evaluator/src/main/cuda}, shipped as PTX, which the driver compiles for its GPU; nothing but the driver is needed
 * at run time. Everything above {@code Device} is tested on a second device: the same sources compiled as C++.
 */
@NullMarked
package io.mendel.merge.cuda;

import org.jspecify.annotations.NullMarked;
