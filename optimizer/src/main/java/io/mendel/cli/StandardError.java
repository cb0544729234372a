package io.mendel.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Gives the process its real standard error back.
 *
 * <p>
 * While the JVM starts, the launcher leads descriptor 2 through a filter, because the JVM announces the incubating Vector
 * API there on every start. The real one waits as descriptor 3 and is moved back here: opening {@code /dev/fd/3} would
 * do for a terminal, but a regular file would then be written from its beginning.
 */
final class StandardError {

    private static final int FILTERED = 2;

    private StandardError() {}

    /** Makes the descriptor in {@code mendel.stderr} the standard error, if the launcher set it. */
    @SuppressWarnings("restricted") // dup2 takes two numbers and touches no memory.
    static void restore() {
        Integer waiting = Integer.getInteger("mendel.stderr");
        if (waiting == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        var dup2 = linker.defaultLookup().find("dup2");
        if (dup2.isEmpty()) {
            return;
        }
        MethodHandle call = linker.downcallHandle(dup2.get(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT));
        try {
            int moved = (int) call.invokeExact((int) waiting, FILTERED);
            assert moved == FILTERED
                    : "dup2 keeps the filtered descriptor if it fails, which serves as well";
        } catch (Throwable e) {
            // invokeExact declares Throwable; a C function throws nothing.
            throw new IllegalStateException("dup2 cannot throw.", e);
        }
    }
}
