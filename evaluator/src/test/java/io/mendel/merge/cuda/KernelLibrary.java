package io.mendel.merge.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The kernels, compiled as C++ from the sources that nvcc compiles. */
// Native code is what this is about.
@SuppressWarnings("restricted")
final class KernelLibrary {

    static final Path SOURCES = Path.of("src/main/cuda");

    private static final @Nullable KernelLibrary SHARED = hasCompiler()
            ? new KernelLibrary()
            : null;

    private final MethodHandle launch;
    private final MethodHandle fromFloat16;
    private final MethodHandle toFloat16;
    private final MethodHandle toBfloat16;

    private KernelLibrary() {
        SymbolLookup symbols = SymbolLookup.libraryLookup(build(), Arena.global());
        var anInt = ValueLayout.JAVA_INT;
        var aFloat = ValueLayout.JAVA_FLOAT;
        launch = handle(symbols, "mendel_launch", FunctionDescriptor.of(anInt, ValueLayout.ADDRESS,
                anInt, ValueLayout.ADDRESS));
        fromFloat16 = handle(symbols, "mendel_from_float16", FunctionDescriptor.of(aFloat, anInt));
        toFloat16 = handle(symbols, "mendel_to_float16", FunctionDescriptor.of(anInt, aFloat));
        toBfloat16 = handle(symbols, "mendel_to_bfloat16", FunctionDescriptor.of(anInt, aFloat));
    }

    private static MethodHandle handle(SymbolLookup symbols, String name,
            FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
    }

    /** Null where there is no g++. */
    static @Nullable KernelLibrary shared() {
        return SHARED;
    }

    private static boolean hasCompiler() {
        try {
            return run(List.of("g++", "--version")) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path build() {
        try {
            Path directory = Files.createDirectories(Path.of("target/cuda"));
            Path library = Files.createTempFile(directory, "kernels", ".so");
            library.toFile().deleteOnExit();
            int result = run(List.of("g++", "-x", "c++", "-std=c++17", "-O1", "-ffp-contract=off",
                    "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas",
                    "-o", library.toString(), SOURCES.resolve("host.cc").toString()));
            if (result != 0) {
                throw new IllegalStateException("g++ does not compile the kernels.");
            }
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException("Timeout: " + command);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    boolean launch(String kernel, int threads, MemorySegment parameters) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) launch.invokeExact(arena.allocateFrom(kernel), threads, parameters) != 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    float fromFloat16(int bits) {
        try {
            return (float) fromFloat16.invokeExact(bits);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    int toFloat16(float value) {
        try {
            return (int) toFloat16.invokeExact(value);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    int toBfloat16(float value) {
        try {
            return (int) toBfloat16.invokeExact(value);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
