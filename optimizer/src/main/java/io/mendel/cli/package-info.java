/**
 * The command line: picocli commands, progress, exit codes.
 *
 * <p>
 * Only here do exceptions become exit codes and lines on a terminal.
 */
@NullMarked
package io.mendel.cli;

import org.jspecify.annotations.NullMarked;
