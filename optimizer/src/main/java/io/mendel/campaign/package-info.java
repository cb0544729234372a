/**
 * Campaigns: reading their file, running, stopping and resuming them, picking the winner.
 */
@NullMarked
package io.mendel.campaign;

import org.jspecify.annotations.NullMarked;
