package io.mendel.results.table;

import io.mendel.results.CampaignContents;
import io.mendel.results.ItemScores;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import java.io.IOException;
import java.io.Writer;

/**
 * The scores of single items in long form. Written candidate by candidate: a long campaign has more of them than fit into
 * memory.
 */
final class ItemTable {

    private ItemTable() {}

    static void write(CampaignStore store, CampaignContents contents, Writer out)
            throws IOException, StoreException {
        out.write("candidate,task,metric,doc_id,score\n");
        for (var candidate : contents.candidates()) {
            var known = contents.evaluations().get(candidate.recipeDigest());
            var evaluation = known == null ? null : store.find(known.key());
            if (evaluation == null
                    || !(evaluation.outcome() instanceof Outcome.Finished(_, _, var items))) {
                continue;
            }
            for (var item : items) {
                write(candidate.id() + "," + cell(item.task()) + "," + cell(item.metric()) + ",",
                        item, out);
            }
        }
    }

    private static void write(String beginning, ItemScores item, Writer out) throws IOException {
        int[] docIds = item.docIds();
        double[] scores = item.scores();
        for (int i = 0; i < scores.length; i++) {
            out.write(beginning);
            out.write(Integer.toString(docIds[i]));
            out.write(',');
            out.write(Double.toString(scores[i]));
            out.write('\n');
        }
    }

    private static String cell(String text) {
        boolean plain = text.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
