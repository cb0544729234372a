/**
 * What a campaign found, as plain records: candidates, their evaluations, the history, the baselines and the winner.
 *
 * <p>
 * The subpackages write and show them: {@code store} keeps them in SQLite, {@code report} draws them, {@code table}
 * exports them.
 */
@NullMarked
package io.mendel.results;

import org.jspecify.annotations.NullMarked;
