/**
 * What people read: the campaign's report, one HTML file without outside resources, and the card of an exported model.
 */
@NullMarked
package io.mendel.results.report;

import org.jspecify.annotations.NullMarked;
