/**
 * From a recipe to merged tensors: plans, statistics computed once, and the kernels that do the arithmetic.
 *
 * <p>
 * A {@link io.mendel.merge.MergePlanner} resolves a recipe into one {@link io.mendel.merge.TensorMerge} for each output
 * tensor, a {@link io.mendel.merge.StatisticsStore} turns whole-tensor properties (angles, magnitude thresholds) into
 * scalars, and {@link io.mendel.merge.MergeKernels} streams the parents through once. The merged bytes depend on the
 * recipe and the parents only: not on threads, chunks or the engine.
 */
@NullMarked
package io.mendel.merge;

import org.jspecify.annotations.NullMarked;
