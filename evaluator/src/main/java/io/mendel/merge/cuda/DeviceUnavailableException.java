package io.mendel.merge.cuda;

/**
 * A device that was asked for cannot be used.
 *
 * @since 0.1
 */
public final class DeviceUnavailableException extends Exception {

    private final String remedy;

    DeviceUnavailableException(String missing, String remedy) {
        super(missing);
        this.remedy = remedy;
    }

    /** What to do about it, as a sentence. */
    public String remedy() {
        return remedy;
    }
}
