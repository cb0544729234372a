package io.mendel.results;

/**
 * The candidate chosen for export.
 *
 * @param candidate the candidate's id
 * @param validation the metrics on the validation items that picked it; may be empty
 * @param heldOut the metrics on the test items; empty until they are measured
 * @since 0.1
 */
public record Winner(long candidate, Scores validation, Scores heldOut) {}
