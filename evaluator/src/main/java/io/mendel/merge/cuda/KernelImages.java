package io.mendel.merge.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** The compiled kernels. */
final class KernelImages {

    private KernelImages() {}

    /** The PTX of a module, with the zero at its end that the driver wants. */
    static byte[] ptx(String module) {
        String name = module + ".ptx";
        try (InputStream stream = KernelImages.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The jar lacks " + name + ".");
            }
            byte[] text = stream.readAllBytes();
            return Arrays.copyOf(text, text.length + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
