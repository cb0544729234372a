package io.mendel.results;

/**
 * Whether somebody works on a campaign.
 *
 * @since 0.1
 */
public enum CampaignState {
    /** A process holds the campaign's lock. */
    RUNNING,
    /** Not finished, and no process holds its lock. */
    PAUSED,
    /** The budget is spent and the winner reported. */
    FINISHED
}
