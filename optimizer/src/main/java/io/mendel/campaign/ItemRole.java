package io.mendel.campaign;

import io.mendel.results.store.CampaignStore;

/**
 * What items are for; search, validation and test items of a task are disjoint.
 *
 * @param key name in the store
 */
record ItemRole(String key) {

    /** The search scores candidates on them; the baselines too. */
    static final ItemRole SEARCH = new ItemRole(CampaignStore.SEARCH_ITEMS);
    /** All items that the search may score, of which a few are chosen. */
    static final ItemRole POOL = new ItemRole("pool");
    /** The winner is picked on them among the finalists. */
    static final ItemRole VALIDATION = new ItemRole("validation");
    /** Reported once, never used to choose. */
    static final ItemRole TEST = new ItemRole("test");

    /** Whether candidates are bred for these items. */
    boolean isSearch() {
        return key.equals(SEARCH.key) || key.startsWith(SEARCH.key + "-");
    }

    /** One of the blocks of search items that generations take turns with; block 0 is {@link #SEARCH}. */
    static ItemRole search(int block) {
        return block == 0 ? SEARCH : new ItemRole(CampaignStore.SEARCH_ITEMS + "-" + block);
    }
}
