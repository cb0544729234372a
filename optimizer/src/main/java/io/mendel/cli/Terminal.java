package io.mendel.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Where commands write: results to standard output, everything else to standard error.
 *
 * @param out results
 * @param err messages, logs and progress
 * @param interactive whether {@code err} is a terminal, the only place for progress bars
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive) {

    /** Whether {@code out} is a terminal on which a table may be drawn over the last one. */
    boolean redraws() {
        return interactive && Objects.requireNonNull(System.console()).isTerminal();
    }

    /** The process's own streams, in UTF-8 whatever the locale; from now on also Java's {@code System.err}. */
    static Terminal ofProcess() {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
                StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true,
                StandardCharsets.UTF_8);
        // Logs and libraries write there.
        System.setErr(err);
        return new Terminal(out, err, Boolean.getBoolean("mendel.interactive"));
    }
}
