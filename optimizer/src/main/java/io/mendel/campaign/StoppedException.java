package io.mendel.campaign;

/**
 * A campaign was asked to stop; everything finished so far is saved and the campaign can be resumed.
 *
 * @since 0.1
 */
public final class StoppedException extends Exception {

    private static final long serialVersionUID = 1;

    StoppedException(String reason) {
        super(reason);
    }
}
