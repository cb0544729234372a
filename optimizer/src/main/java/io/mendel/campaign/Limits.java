package io.mendel.campaign;

/**
 * What one evaluation may use; an evaluation that needs more has failed, and the campaign goes on.
 *
 * <p>
 * How long an evaluation takes depends on the machine, so a campaign in which a limit struck is not reproducible
 * elsewhere. It still is on the machine that ran it: the failure is stored like any outcome.
 *
 * @param seconds the longest an evaluation may take; 0 for no limit
 * @param memoryGib resident memory of the whole process in GiB, memory-mapped models left out; 0 for no limit
 * @since 0.1
 */
public record Limits(double seconds, double memoryGib) {

    /** No limit at all. */
    public static final Limits NONE = new Limits(0, 0);

    /** Checks that nothing is negative. */
    public Limits {
        if (!(seconds >= 0) || !(memoryGib >= 0)) {
            throw new IllegalArgumentException("Limits must not be negative, not " + seconds
                    + " seconds and " + memoryGib + " GiB.");
        }
    }
}
