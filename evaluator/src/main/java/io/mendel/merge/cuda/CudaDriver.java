package io.mendel.merge.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * What the NVIDIA driver of this machine offers.
 *
 * @param version of CUDA that the driver knows, such as {@code 12.4}; null if there is no driver
 * @param gpus by ordinal
 * @param missing what keeps GPUs from being used, as a clause; null if nothing does
 * @param remedy what to do about it
 */
record CudaDriver(@Nullable String version, List<Gpu> gpus, @Nullable String missing,
        String remedy) {

    private static final String LIBRARY = "libcuda.so.1";
    private static final int OLDEST_VERSION = 12_000;
    private static final String INSTALL = "Install an NVIDIA driver for CUDA 12 or newer, or use --device cpu.";

    CudaDriver {
        gpus = List.copyOf(gpus);
    }

    // Looking for the library is what this is about.
    @SuppressWarnings("restricted")
    private static boolean hasLibrary() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(LIBRARY, arena);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Looks for a driver and its GPUs; loads nothing where there is no driver. */
    static CudaDriver probe() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.toLowerCase(Locale.ROOT).equals("linux amd64")) {
            return without(null, "GPUs are used on Linux on x86-64 only, not on " + system,
                    "Use --device cpu.");
        }
        if (!hasLibrary()) {
            return without(null, "there is no NVIDIA driver (" + LIBRARY + " is not found)",
                    INSTALL);
        }
        try {
            return ask();
        } catch (LinkageError e) {
            return without(null, "JCuda's library cannot be loaded (" + firstLine(e) + ")",
                    "Put jcuda-natives for linux-x86_64 on the class path.");
        }
    }

    private static String firstLine(LinkageError e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static CudaDriver without(@Nullable String version, String missing, String remedy) {
        return new CudaDriver(version, List.of(), missing, remedy);
    }

    private static CudaDriver ask() {
        int[] number = new int[1];
        int known = JCudaDriver.cuDriverGetVersion(number);
        if (known != CUresult.CUDA_SUCCESS) {
            return without(null, "the NVIDIA driver does not tell its version ("
                    + CudaCalls.error(known) + ")", INSTALL);
        }
        String version = number[0] / 1000 + "." + number[0] % 1000 / 10;
        if (number[0] < OLDEST_VERSION) {
            return without(version, "the NVIDIA driver is for CUDA " + version + ", too old",
                    INSTALL);
        }
        int initialised = JCudaDriver.cuInit(0);
        int[] count = new int[1];
        if (initialised == CUresult.CUDA_SUCCESS) {
            initialised = JCudaDriver.cuDeviceGetCount(count);
        }
        if (initialised != CUresult.CUDA_SUCCESS) {
            return without(version,
                    "the NVIDIA driver finds no GPU (" + CudaCalls.error(initialised) + ")",
                    "Check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu.");
        }
        var gpus = new ArrayList<Gpu>();
        for (int i = 0; i < count[0]; i++) {
            gpus.add(gpu(i));
        }
        boolean none = gpus.stream().noneMatch(Gpu::usable);
        return new CudaDriver(version, gpus,
                none ? "no GPU has compute capability 7.5 or higher" : null, "Use --device cpu.");
    }

    private static Gpu gpu(int ordinal) {
        var device = new CUdevice();
        CudaCalls.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        byte[] name = new byte[256];
        CudaCalls.check(JCudaDriver.cuDeviceGetName(name, name.length, device),
                "cuDeviceGetName");
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        long[] bytes = new long[1];
        CudaCalls.check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
        return new Gpu(ordinal, new String(name, 0, length, StandardCharsets.UTF_8),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                bytes[0]);
    }

    private static int attribute(CUdevice device, int attribute) {
        int[] value = new int[1];
        CudaCalls.check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
                "cuDeviceGetAttribute");
        return value[0];
    }
}
