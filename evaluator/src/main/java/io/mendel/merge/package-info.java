/**
 * From a recipe to merged tensors: plans, statistics computed once, and the kernels that do the arithmetic.
 *
 * <p>
 * A {@link io.mendel.merge.MergePlanner} resolves a recipe into one {@link io.mendel.merge.TensorMerge} for each output
 * tensor, a {@link io.mendel.merge.StatisticsStore} turns whole-tensor properties (angles, magnitude thresholds) into
 * scalars, and {@link io.mendel.merge.MergeKernels} streams the parents through once. The merged bytes depend on the
 * recipe and the parents only: not on threads, chunks or the engine.
 *
 * <p>
 * A method has one of four shapes: a {@link io.mendel.merge.CombinationMerge} (coefficients from inner products), a
 * {@code DeltaMerge} (deltas, sparsified and elected), a {@link io.mendel.merge.BlockMerge} (any arithmetic on runs, rows
 * or whole tensors), or a {@link io.mendel.merge.GlobalMerge}, which looks at the whole model before it merges a tensor.
 *
 * <p>
 * Methods that work on deltas are points of one space of stages, SPARSIFY → RESCALE → WEIGHT → CONSENSUS → AGGREGATE →
 * SCALE; the method {@code pipeline} makes each stage a choice:
 * <table>
 * <caption>Named methods as presets of the stages</caption>
 * <tr><th>method</th><th>sparsify</th><th>rescale</th><th>consensus</th><th>aggregate</th></tr>
 * <tr><td>task_arithmetic</td><td>none</td><td>none</td><td>none</td><td>sum</td></tr>
 * <tr><td>ties</td><td>magnitude</td><td>none</td><td>mass</td><td>disjoint mean</td></tr>
 * <tr><td>dare_linear</td><td>random</td><td>l1 (paper: 1/density)</td><td>none</td><td>sum (paper: mean)</td></tr>
 * <tr><td>dare_ties</td><td>random</td><td>l1 (paper: 1/density)</td><td>mass</td><td>sum</td></tr>
 * <tr><td>breadcrumbs</td><td>band</td><td>none</td><td>none</td><td>sum</td></tr>
 * <tr><td>consensus</td><td>none</td><td>none</td><td>TALL-mask</td><td>sum</td></tr>
 * <tr><td>pcb</td><td>score of each element</td><td>none</td><td>none</td><td>mean by score</td></tr>
 * </table>
 */
@NullMarked
package io.mendel.merge;

import org.jspecify.annotations.NullMarked;
