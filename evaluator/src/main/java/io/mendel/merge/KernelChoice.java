package io.mendel.merge;

import io.mendel.space.LateLogger;
import java.lang.System.Logger.Level;
import java.util.Locale;

/** Picks the kernels for this machine. */
final class KernelChoice {

    static final String PROPERTY = "mendel.kernels";
    /** Elements of a model from which on the vector kernels finish first, though they are compiled meanwhile. */
    static final long WORTH_COMPILING = 1L << 25;

    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final System.Logger LOGGER = LateLogger.of(KernelChoice.class);

    private KernelChoice() {}

    /** Whether Java has vectors: from their module, or among its own classes, as the launcher puts them. */
    static boolean hasVectors() {
        try {
            Class.forName(VECTOR_MODULE + ".FloatVector", false,
                    KernelChoice.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    static MergeKernels of(String wanted) {
        return switch (wanted.toLowerCase(Locale.ROOT)) {
            case "scalar" -> new ScalarMergeKernels();
            case "vector" -> {
                if (!hasVectors()) {
                    throw new IllegalStateException(
                            "The vector kernels (-D" + PROPERTY + "=vector) need the module "
                                    + VECTOR_MODULE + ".\nStart Java with --add-modules="
                                    + VECTOR_MODULE + ".");
                }
                yield new VectorMergeKernels();
            }
            case "auto" -> {
                if (!hasVectors()) {
                    LOGGER.log(Level.WARNING,
                            "Merging with the slow scalar kernels, because Java was started without "
                                    + "--add-modules=" + VECTOR_MODULE + ".");
                    yield new ScalarMergeKernels();
                }
                yield new VectorMergeKernels();
            }
            default -> throw new IllegalArgumentException(
                    "The property " + PROPERTY + " must be auto, scalar or vector, not '" + wanted
                            + "'.");
        };
    }
}
