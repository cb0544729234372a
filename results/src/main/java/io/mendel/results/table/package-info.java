/**
 * A campaign as tables, for notebooks and spreadsheets.
 */
@NullMarked
package io.mendel.results.table;

import org.jspecify.annotations.NullMarked;
