package io.mendel.merge.cuda;

import io.mendel.merge.MergeKernels;
import io.mendel.merge.TensorKernels;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The device's kernels on the processor, for tests of other packages. */
public final class HostKernels {

    private static final long CAPACITY = 64L << 20;

    private HostKernels() {}

    /** Null where there is no g++. Never closed: what they hold ends with the process. */
    public static @Nullable TensorKernels shared() {
        return Holder.SHARED;
    }

    /** The same, without {@code close}: JUnit closes the arguments of a test. */
    static TensorKernels unclosed(TensorKernels kernels) {
        return (TensorKernels) Proxy.newProxyInstance(HostKernels.class.getClassLoader(),
                new Class<?>[]{TensorKernels.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(kernels, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Kernels that know which of the shipped ones were used; null where there is no g++. */
    public static @Nullable Counting counting() {
        KernelLibrary library = KernelLibrary.shared();
        return library == null ? null : new Counting(new HostDevice(library, CAPACITY));
    }

    /** Kernels that know which of the shipped ones were used. */
    public static final class Counting implements AutoCloseable {
        private final HostDevice device;
        private final CudaMergeKernels kernels;

        private Counting(HostDevice device) {
            this.device = device;
            this.kernels = new CudaMergeKernels(device, MergeKernels.preferred(), CAPACITY,
                    CAPACITY / 2, 4096);
        }

        /** The kernels. */
        public TensorKernels kernels() {
            return kernels;
        }

        /** The entries of the PTX that never ran. */
        public List<String> notLaunched() {
            return ShippedKernels.names()
                    .stream()
                    .filter(name -> device.launches(name) == 0)
                    .toList();
        }

        @Override
        public void close() {
            kernels.close();
        }
    }

    private static final class Holder {
        private static final @Nullable TensorKernels SHARED = create();

        private static @Nullable TensorKernels create() {
            KernelLibrary library = KernelLibrary.shared();
            return library == null
                    ? null
                    : unclosed(new CudaMergeKernels(new HostDevice(library, CAPACITY),
                            MergeKernels.preferred(), CAPACITY, CAPACITY / 2, 1 << 16));
        }
    }
}
