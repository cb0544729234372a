package io.mendel.campaign;

import io.mendel.space.InvalidInputException;

/**
 * A campaign's parts do not fit together: an objective names a task that is not there, a parent has another shape.
 *
 * @since 0.1
 */
public final class CampaignException extends InvalidInputException {

    private static final long serialVersionUID = 1;

    /**
     * A campaign that cannot run.
     *
     * @param place the file and key concerned
     * @param problem what was required and what was found
     * @param remedy what to do about it
     */
    public CampaignException(String place, String problem, String remedy) {
        super(place + ": " + problem + " " + remedy);
    }
}
