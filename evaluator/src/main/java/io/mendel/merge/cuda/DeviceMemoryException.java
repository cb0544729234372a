package io.mendel.merge.cuda;

/** A device has no room for what is asked for. Nothing was allocated; freeing something and asking again may help. */
final class DeviceMemoryException extends Exception {

    private final long bytes;

    DeviceMemoryException(long bytes, String where) {
        super("%s has no room for %d bytes.".formatted(where, bytes));
        this.bytes = bytes;
    }

    long bytes() {
        return bytes;
    }
}
