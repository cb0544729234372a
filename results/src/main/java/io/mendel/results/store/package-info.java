/**
 * The campaign store: one SQLite database for each campaign directory, safe to kill at any instant.
 */
@NullMarked
package io.mendel.results.store;

import org.jspecify.annotations.NullMarked;
