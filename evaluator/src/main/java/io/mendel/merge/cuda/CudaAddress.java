package io.mendel.merge.cuda;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** A device address as a number; JCuda keeps it to itself. */
final class CudaAddress extends CUdeviceptr {

    /** An address that the driver fills in. */
    CudaAddress() {}

    private CudaAddress(long offset) {
        super(new CUdeviceptr(), offset);
    }

    /** The address with this number. */
    static CUdeviceptr of(long address) {
        return new CudaAddress(address);
    }

    long value() {
        return getNativePointer() + getByteOffset();
    }

    /** A host address. */
    static final class Host extends Pointer {
        Host(long address) {
            super(address);
        }
    }
}
