/**
 * Search strategies: what to try next, given how the earlier candidates scored (ask and tell).
 *
 * <p>
 * A candidate is a vector of genes in [0, 1]. Individuals and populations are Jenetics' phenotypes, and the operators
 * are Jenetics alterers and selectors, but all of them are our own. Those of Jenetics 9.0.0 are unfit for real-valued
 * recipes: its simulated binary crossover centres the children on half the parents' <em>difference</em>, its Gaussian
 * mutation forgets the current value, its NSGA-II selector measures crowding across fronts, and its engine never lets
 * parents and offspring compete. A recipe's genes live in one chromosome, since Jenetics crosses one chromosome only.
 */
@NullMarked
package io.mendel.search;

import org.jspecify.annotations.NullMarked;
