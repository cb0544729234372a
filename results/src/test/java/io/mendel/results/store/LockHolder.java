package io.mendel.results.store;

import io.mendel.results.DemoCampaign;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that records evaluations until its standard input ends or it is killed. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] args) throws IOException, StoreException {
        var store = CampaignStore.start(Path.of(args[0]), DemoCampaign.info(3));
        store.recordItemSet(CampaignStore.SEARCH_ITEMS, DemoCampaign.ITEMS);
        var candidates = DemoCampaign.candidates(5000, 42);
        store.recordCandidates(candidates);
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        out.println("ready");
        for (var candidate : candidates) {
            store.record(DemoCampaign.evaluation(candidate, 3, true));
            out.println(candidate.id());
        }
        System.in.read();
    }
}
