/**
 * Shows a campaign in a browser: one page and a few read-only JSON documents, for this machine alone.
 *
 * <p>
 * The page is served on the loopback interface, answers only requests that name it as host (a page elsewhere cannot have
 * its name resolved to here and read along), loads nothing from anywhere else and puts all names into the page as text.
 */
@NullMarked
package io.mendel.web;

import org.jspecify.annotations.NullMarked;
