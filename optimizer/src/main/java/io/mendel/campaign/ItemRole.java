package io.mendel.campaign;

import io.mendel.results.store.CampaignStore;

/** What items are for; the three sets of a task are disjoint. */
enum ItemRole {
    /** The search scores every candidate on them. */
    SEARCH(CampaignStore.SEARCH_ITEMS),
    /** The winner is picked on them among the finalists. */
    VALIDATION("validation"),
    /** Reported once, never used to choose. */
    TEST("test");

    private final String key;

    ItemRole(String key) {
        this.key = key;
    }

    /** Name in the store. */
    String key() {
        return key;
    }
}
