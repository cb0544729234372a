package io.mendel.merge.cuda;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Checks what the driver returns. */
final class CudaCalls {

    private CudaCalls() {}

    /** Fails unless a call succeeded. */
    static void check(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new DeviceException("The driver's %s failed: %s.".formatted(call, error(result)));
        }
    }

    /** Fails unless a call succeeded; that there is no room is not a failure of the device. */
    static void checkRoom(int result, String call, long bytes, String device)
            throws DeviceMemoryException {
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new DeviceMemoryException(bytes, device);
        }
        check(result, call);
    }

    static String error(int result) {
        String[] name = new String[1];
        String[] text = new String[1];
        boolean known = JCudaDriver.cuGetErrorName(result, name) == CUresult.CUDA_SUCCESS
                && JCudaDriver.cuGetErrorString(result, text) == CUresult.CUDA_SUCCESS;
        return known ? name[0] + " (" + text[0] + ")" : "error " + result;
    }
}
