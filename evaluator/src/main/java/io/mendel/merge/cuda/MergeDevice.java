package io.mendel.merge.cuda;

import io.mendel.merge.MergeKernels;
import io.mendel.merge.TensorKernels;
import io.mendel.space.LateLogger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where merging is done: on a GPU, or on the processor. Results are the same.
 *
 * <p>
 * A GPU is opened when its kernels are asked for first. Thread-safe. The caller closes it after everything that uses its
 * kernels or memory.
 *
 * @since 0.1
 */
public final class MergeDevice implements AutoCloseable {

    /** Elements of a model that is merged once, from which on opening a GPU takes less time than merging without. */
    private static final long WORTH_OPENING = 1L << 25;
    private static final long LEAST_STAGING = 256L << 20;
    private static final System.Logger LOGGER = LateLogger.of(MergeDevice.class);

    private final @Nullable Gpu gpu;
    private final boolean forced;
    private boolean given;
    private @Nullable CudaMergeKernels opened;

    private MergeDevice(@Nullable Gpu gpu, boolean forced) {
        this.gpu = gpu;
        this.forced = forced;
    }

    /**
     * What a machine offers.
     *
     * @param driver version of CUDA that its driver knows; null if there is no driver
     * @param gpus its GPUs
     * @param engine what {@code auto} chooses: {@code cuda:N}, or the processor's kernels
     * @param reason why it is not CUDA, as a sentence; null if it is
     */
    public record Offer(@Nullable String driver, List<Gpu> gpus, String engine,
            @Nullable String reason) {
        public Offer {
            gpus = List.copyOf(gpus);
        }
    }

    /** The processor. */
    public static MergeDevice processor() {
        return new MergeDevice(null, false);
    }

    /**
     * The device of a command line.
     *
     * @param wanted {@code auto}, {@code cpu} or {@code cuda:N}
     * @throws DeviceUnavailableException if that GPU cannot be used
     * @throws IllegalArgumentException if it is none of these words
     */
    public static MergeDevice of(String wanted) throws DeviceUnavailableException {
        if (wanted.equals("cpu")) {
            return processor();
        }
        CudaDriver driver = CudaDriver.probe();
        if (wanted.equals("auto")) {
            return new MergeDevice(best(driver), false);
        }
        if (!wanted.matches("cuda:\\d{1,4}")) {
            throw new IllegalArgumentException("unknown device '" + wanted + "'");
        }
        int ordinal = Integer.parseInt(wanted.substring("cuda:".length()));
        if (driver.missing() != null) {
            throw new DeviceUnavailableException(driver.missing(), driver.remedy());
        }
        for (Gpu gpu : driver.gpus()) {
            if (gpu.ordinal() == ordinal && gpu.usable()) {
                return new MergeDevice(gpu, true);
            }
        }
        throw new DeviceUnavailableException(
                ordinal < driver.gpus().size()
                        ? "the compute capability of GPU " + ordinal + " is below 7.5"
                        : "there is no GPU " + ordinal + ", only " + driver.gpus().size(),
                "Choose a GPU that 'mendel doctor' lists, or use --device auto.");
    }

    /** What this machine offers. */
    public static Offer offer() {
        CudaDriver driver = CudaDriver.probe();
        Gpu gpu = best(driver);
        return new Offer(driver.version(), driver.gpus(),
                gpu == null ? MergeKernels.preferred().name() : "cuda:" + gpu.ordinal(),
                driver.missing() == null
                        ? null
                        : "CUDA is not used: " + driver.missing() + ".");
    }

    private static @Nullable Gpu best(CudaDriver driver) {
        return driver.gpus().stream().filter(Gpu::usable).findFirst().orElse(null);
    }

    /** {@code cpu} or {@code cuda:N}: what the kernels that were given last ran on. */
    public synchronized String name() {
        return opened != null && given ? opened.name() : "cpu";
    }

    /**
     * Kernels for many merges of the same parents.
     *
     * @throws DeviceException if the GPU was asked for by its name and fails
     */
    public MergeKernels kernels() {
        CudaMergeKernels device = open();
        return device == null ? MergeKernels.preferred() : device;
    }

    /**
     * The kernels that finish a single merge first.
     *
     * @param elements number of elements of the merged model
     * @throws DeviceException if the GPU was asked for by its name and fails
     */
    public MergeKernels kernelsForOneMerge(long elements) {
        CudaMergeKernels device = forced || elements >= WORTH_OPENING ? open() : null;
        return device == null ? MergeKernels.forOneMerge(elements) : device;
    }

    /** Arenas for results that are merged on this device, and read by the processor without another copy. */
    public Supplier<Arena> resultMemory() {
        TensorKernels device = open();
        return device == null ? Arena::ofShared : device::resultMemory;
    }

    private synchronized @Nullable CudaMergeKernels open() {
        if (gpu == null) {
            return null;
        }
        if (opened == null) {
            try {
                opened = kernels(CudaDevice.open(gpu.ordinal()));
            } catch (DeviceException e) {
                if (forced) {
                    throw e;
                }
                LOGGER.log(Level.WARNING,
                        "Merging on the processor: " + e.getMessage());
                return null;
            }
        }
        given = true;
        return opened;
    }

    /** Kernels that use nine tenths of what is free, and keep some of it for slices. */
    static CudaMergeKernels kernels(Device device) {
        long budget = device.freeBytes() / 10 * 9;
        return new CudaMergeKernels(device, MergeKernels.preferred(), budget,
                budget - Math.min(budget / 4, 4 * LEAST_STAGING), Lane.SLICE);
    }

    /** Frees the device; fails if something was lost. */
    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}
