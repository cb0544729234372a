package io.mendel.merge.cuda;

import static io.mendel.merge.cuda.CudaCalls.check;
import static io.mendel.merge.cuda.CudaCalls.checkRoom;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A GPU, through the driver's API; the driver compiles the PTX of a module when one of its kernels runs first. */
final class CudaDevice implements Device {

    private static final int PORTABLE = 1;

    private final String name;
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final Map<Kernel, CUfunction> functions = new HashMap<>();

    private CudaDevice(int ordinal) {
        this.name = "cuda:" + ordinal;
        check(JCudaDriver.cuInit(0), "cuInit");
        check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
    }

    /** Opens a GPU that {@link CudaDriver} has found. */
    static CudaDevice open(int ordinal) {
        return new CudaDevice(ordinal);
    }

    @Override
    public String name() {
        return name;
    }

    /** The driver knows a context for each thread. */
    private void enter() {
        check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    @Override
    public long freeBytes() {
        enter();
        long[] free = new long[1];
        long[] total = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
        return free[0];
    }

    @Override
    public long allocate(long bytes) throws DeviceMemoryException {
        enter();
        var address = new CudaAddress();
        checkRoom(JCudaDriver.cuMemAlloc(address, bytes), "cuMemAlloc", bytes, name);
        return address.value();
    }

    @Override
    public void free(long address) {
        enter();
        check(JCudaDriver.cuMemFree(CudaAddress.of(address)), "cuMemFree");
    }

    @Override
    public void lock(MemorySegment memory) throws DeviceMemoryException {
        enter();
        checkRoom(JCudaDriver.cuMemHostRegister(host(memory), memory.byteSize(), PORTABLE),
                "cuMemHostRegister", memory.byteSize(), "The locked memory of " + name);
    }

    @Override
    public void unlock(MemorySegment memory) {
        enter();
        check(JCudaDriver.cuMemHostUnregister(host(memory)), "cuMemHostUnregister");
    }

    private static Pointer host(MemorySegment memory) {
        return new CudaAddress.Host(memory.address());
    }

    private synchronized CUfunction function(Kernel kernel) {
        CUfunction known = functions.get(kernel);
        if (known == null) {
            CUmodule module = modules.computeIfAbsent(kernel.module(), this::load);
            known = new CUfunction();
            check(JCudaDriver.cuModuleGetFunction(known, module, kernel.name()),
                    "cuModuleGetFunction for " + kernel.name());
            functions.put(kernel, known);
        }
        return known;
    }

    private CUmodule load(String module) {
        var loaded = new CUmodule();
        check(JCudaDriver.cuModuleLoadData(loaded, KernelImages.ptx(module)),
                "cuModuleLoadData for " + module + ".ptx");
        return loaded;
    }

    @Override
    public Stream stream() {
        enter();
        var stream = new CUstream();
        check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
                "cuStreamCreate");
        return new CudaStream(stream);
    }

    private final class CudaStream implements Stream {
        private final CUstream stream;

        CudaStream(CUstream stream) {
            this.stream = stream;
        }

        @Override
        public void upload(MemorySegment source, long address) {
            enter();
            check(JCudaDriver.cuMemcpyHtoDAsync(CudaAddress.of(address), host(source),
                    source.byteSize(), stream), "cuMemcpyHtoDAsync");
        }

        @Override
        public void download(long address, MemorySegment target) {
            enter();
            check(JCudaDriver.cuMemcpyDtoHAsync(host(target), CudaAddress.of(address),
                    target.byteSize(), stream), "cuMemcpyDtoHAsync");
        }

        @Override
        public void clear(long address, long bytes) {
            enter();
            check(JCudaDriver.cuMemsetD8Async(CudaAddress.of(address), (byte) 0, bytes, stream),
                    "cuMemsetD8Async");
        }

        @Override
        public void launch(Kernel kernel, int threads, MemorySegment parameters) {
            if (threads == 0) {
                return;
            }
            enter();
            int blocks = (threads + Kernel.BLOCK - 1) / Kernel.BLOCK;
            check(JCudaDriver.cuLaunchKernel(function(kernel), blocks, 1, 1, Kernel.BLOCK, 1, 1, 0,
                    stream, Pointer.to(host(parameters)), null),
                    "cuLaunchKernel of " + kernel.name());
        }

        @Override
        public void await() {
            enter();
            check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
        }

        @Override
        public void close() {
            enter();
            check(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy");
        }
    }

    @Override
    public synchronized void close() {
        enter();
        functions.clear();
        modules.values()
                .forEach(module -> check(JCudaDriver.cuModuleUnload(module), "cuModuleUnload"));
        modules.clear();
        check(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
    }
}
