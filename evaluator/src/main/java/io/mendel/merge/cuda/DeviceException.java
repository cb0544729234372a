package io.mendel.merge.cuda;

/**
 * A device failed: the driver refused a call that should have worked.
 *
 * @since 0.1
 */
public final class DeviceException extends IllegalStateException {

    DeviceException(String message) {
        super(message);
    }
}
