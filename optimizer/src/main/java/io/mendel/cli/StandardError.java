package io.mendel.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;

/**
 * The process's real standard error.
 *
 * <p>
 * The launcher leads descriptor 2 through a filter, because the JVM announces the incubating Vector API there on every
 * start. Filtered text comes line by line and may come late, so the real one waits as another descriptor. Opening
 * {@code /dev/fd/3} would do for a terminal, but a regular file would then be written from its beginning; calling
 * {@code dup2} takes Java a fifth of a second of preparation.
 */
final class StandardError {

    private StandardError() {}

    /** The descriptor in {@code mendel.stderr}, or the usual one if the launcher set none. */
    static FileOutputStream open() {
        return new FileOutputStream(descriptor());
    }

    private static FileDescriptor descriptor() {
        Integer number = Integer.getInteger("mendel.stderr");
        if (number == null) {
            return FileDescriptor.err;
        }
        try {
            Constructor<FileDescriptor> ofNumber = FileDescriptor.class
                    .getDeclaredConstructor(int.class);
            ofNumber.setAccessible(true);
            return ofNumber.newInstance(number);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            // Another JDK than the launcher's: the filtered one serves nearly as well.
            return FileDescriptor.err;
        }
    }
}
