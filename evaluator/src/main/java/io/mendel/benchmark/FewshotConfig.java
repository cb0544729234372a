package io.mendel.benchmark;

import io.mendel.space.LateLogger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How shots are chosen and written; what {@code fewshot_config} does not say is as in the task.
 *
 * @param firstN whether the first documents are taken instead of random ones
 * @param split the split of the shots, if named
 * @param samples the shots themselves, if written in the task file
 * @param reader how shots are read
 * @param genPrefix start of a shot's answer, if any
 * @param targetDelimiter text between question and answer
 * @param delimiter text after a shot
 */
record FewshotConfig(boolean firstN, @Nullable String split, @Nullable List<Doc> samples,
        DocReader reader,
        @Nullable DocField genPrefix, String targetDelimiter, String delimiter) {

    private static final System.Logger LOG = LateLogger.of(FewshotConfig.class);
    private static final Set<String> KNOWN = Set.of("sampler", "split", "process_docs",
            "fewshot_indices", "samples", "doc_to_text",
            "doc_to_choice", "doc_to_target", "gen_prefix", "fewshot_delimiter",
            "target_delimiter");

    static FewshotConfig read(Fields task, DocReader reader, Set<String> columns,
            Map<String, Split> splits)
            throws TaskException {
        Fields fields = task.map("fewshot_config");
        fields.allowOnly(KNOWN);
        if (fields.has("process_docs")) {
            throw fields.unsupported("process_docs", "calls Python code",
                    "Prepare the data file beforehand.");
        }
        if (fields.has("fewshot_indices")) {
            LOG.log(System.Logger.Level.WARNING,
                    "{0}: fewshot_config.fewshot_indices has no effect, as in the harness",
                    task.path());
        }
        String sampler = fields.text("sampler", "default");
        if (!Set.of("default", "first_n").contains(sampler)) {
            throw fields.wrong("sampler", sampler, "default or first_n");
        }
        String split = fields.has("split")
                ? TaskConfig.split(fields, "split", splits)
                : TaskConfig.split(task, "fewshot_split", splits);
        DocField text = TaskConfig.field(fields, "doc_to_text", columns);
        DocField target = TaskConfig.field(fields, "doc_to_target", columns);
        DocField choice = TaskConfig.field(fields, "doc_to_choice", columns);
        DocField prefix = TaskConfig.field(fields.has("gen_prefix") ? fields : task, "gen_prefix",
                columns);
        return new FewshotConfig(sampler.equals("first_n"), split,
                split == null ? samples(fields) : null,
                new DocReader(text == null ? reader.text() : text,
                        target == null ? reader.target() : target,
                        choice == null ? reader.choice() : choice, reader.digitsAreIndices()),
                prefix, fields.text("target_delimiter", task.text("target_delimiter", " ")),
                fields.text("fewshot_delimiter", task.text("fewshot_delimiter", "\n\n")));
    }

    private static @Nullable List<Doc> samples(Fields fields) throws TaskException {
        if (!fields.has("samples")) {
            return null;
        }
        var docs = new ArrayList<Doc>();
        for (Fields sample : fields.maps("samples")) {
            docs.add(new Doc(docs.size(), new LinkedHashMap<>(sample.values()),
                    "fewshot_config.samples[" + docs.size() + "]"));
        }
        return docs;
    }
}
