package io.mendel.results.table;

import io.mendel.results.CampaignContents;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** The scores of single items in long form. */
final class ItemTable {
    private ItemTable() {}

    static Table of(CampaignStore store, CampaignContents contents) throws StoreException {
        var id = LongColumn.create("candidate");
        var tasks = StringColumn.create("task");
        var metrics = StringColumn.create("metric");
        var docs = IntColumn.create("doc_id");
        var scores = DoubleColumn.create("score");
        for (var candidate : contents.candidates()) {
            var known = contents.evaluations().get(candidate.recipeDigest());
            var evaluation = known == null ? null : store.find(known.key());
            if (evaluation == null
                    || !(evaluation.outcome() instanceof Outcome.Finished(_, _, var items))) {
                continue;
            }
            for (var item : items) {
                var docIds = item.docIds();
                var values = item.scores();
                for (int i = 0; i < values.length; i++) {
                    id.append(candidate.id());
                    tasks.append(item.task());
                    metrics.append(item.metric());
                    docs.append(docIds[i]);
                    scores.append(values[i]);
                }
            }
        }
        return Table.create("items", id, tasks, metrics, docs, scores);
    }
}
