package io.mendel.benchmark;

import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Writes the prompts of a whole split, in order, with the harness's text assembly. */
final class ItemBuilder {

    private final TaskConfig config;
    private final Split split;
    private final FewshotSampler sampler;
    private final boolean multipleInputs;

    ItemBuilder(TaskConfig config, SortedMap<String, Split> splits, Split split)
            throws TaskException {
        this.config = config;
        this.split = split;
        this.sampler = sampler(config, splits, split.name());
        this.multipleInputs = config.reader().choice() != null
                && config.reader().text(split.docs().getFirst()) instanceof Long;
    }

    private static FewshotSampler sampler(TaskConfig config, SortedMap<String, Split> splits,
            String evaluated) {
        FewshotConfig shots = config.shots();
        if (shots.samples() != null && shots.split() == null) {
            return new FewshotSampler(config, shots.samples(),
                    dropsAsked(config, shots.split(), evaluated, splits, null));
        }
        String pool = shots.split();
        for (String candidate : new String[]{config.trainingSplit(), config.validationSplit(),
            config.testSplit(), evaluated}) {
            pool = pool == null ? candidate : pool;
        }
        return new FewshotSampler(config, Split.in(splits, pool == null ? evaluated : pool).docs(),
                dropsAsked(config, shots.split(), evaluated, splits, pool));
    }

    /**
     * On the split that the harness evaluates its rule decides, which compares the two fields of the task file, even if
     * both are absent. On any other split a document is never its own shot.
     */
    private static boolean dropsAsked(TaskConfig config, @Nullable String shotSplit,
            String evaluated,
            SortedMap<String, Split> splits, @Nullable String pool) {
        boolean harnessSplit = evaluated.equals(config.evaluatedSplit(splits))
                && (config.testSplit() != null || config.validationSplit() != null);
        if (harnessSplit) {
            return shotSplit == null
                    ? config.testSplit() == null
                    : shotSplit.equals(config.testSplit());
        }
        return evaluated.equals(pool);
    }

    List<Item> build() throws TaskException {
        var items = new ArrayList<Item>();
        for (Doc doc : split.docs()) {
            items.add(item(doc));
        }
        return items;
    }

    private Item item(Doc doc) throws TaskException {
        DocReader reader = config.reader();
        List<String> choices = reader.choices(doc);
        String before = shots(doc);
        String prefix = optional(config.genPrefix(), doc);
        return switch (config.type()) {
            case MULTIPLE_CHOICE -> multipleChoice(doc, choices, before, prefix);
            case LOGLIKELIHOOD -> {
                String target = answer(reader.target(doc), doc);
                yield new Item(doc.id(),
                        List.of(new Request.Continuation(before + question(doc, prefix), target)),
                        choices,
                        List.of(), List.of(target));
            }
            case LOGLIKELIHOOD_ROLLING -> {
                String target = answer(reader.target(doc), doc);
                yield new Item(doc.id(), List.of(new Request.Rolling(target)), choices, List.of(),
                        List.of(target));
            }
            case GENERATE_UNTIL -> new Item(doc.id(),
                    List.of(new Request.Generation(before + question(doc, prefix))), choices,
                    List.of(), targets(doc, choices));
        };
    }

    private Item multipleChoice(Doc doc, List<String> choices, String before, String prefix)
            throws TaskException {
        var requests = new ArrayList<Request>();
        String delimiter = config.targetDelimiter();
        if (multipleInputs) {
            String continuation = delimiter + PythonText.str(config.reader().target(doc));
            for (String choice : choices) {
                requests.add(new Request.Continuation(before + choice + prefix, continuation));
            }
        } else {
            String context = before + question(doc, prefix);
            choices.forEach(
                    choice -> requests.add(new Request.Continuation(context, delimiter + choice)));
        }
        if (config.metrics()
                .stream()
                .anyMatch(metric -> metric.metric() == Metric.ACC_MUTUAL_INFO)) {
            choices.forEach(
                    choice -> requests.add(new Request.Continuation("", delimiter + choice)));
        }
        Object gold = multipleInputs ? config.reader().text(doc) : config.reader().target(doc);
        return new Item(doc.id(), requests, choices, gold(doc, gold, choices), List.of());
    }

    private List<Integer> gold(Doc doc, Object gold, List<String> choices) throws TaskException {
        var indices = new ArrayList<Integer>();
        for (Object element : gold instanceof List<?> list ? list : List.of(gold)) {
            long index = switch (element) {
                case Long number -> number;
                case String text when !(gold instanceof List<?>) -> choices.indexOf(text);
                default -> throw config.reader()
                        .target()
                        .wrong(doc, gold, "an index, a choice or a list of indices");
            };
            if (index >= 0 && index < choices.size()) {
                indices.add((int) index);
            }
        }
        return indices;
    }

    private List<String> targets(Doc doc, List<String> choices) throws TaskException {
        Object target = config.reader().target(doc);
        if (config.reader().choice() != null) {
            if (target instanceof Long index && index >= 0 && index < choices.size()) {
                return List.of(choices.get(index.intValue()));
            }
            throw config.reader().target().wrong(doc, target, "the index of a choice");
        }
        return target instanceof List<?> list
                ? list.stream().map(PythonText::str).toList()
                : List.of(PythonText.str(target));
    }

    private String answer(Object target, Doc doc) throws TaskException {
        if (target instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw config.reader().target().wrong(doc, target, "text that is not empty");
    }

    private String shots(Doc doc) throws TaskException {
        var text = new StringBuilder(optional(config.description(), doc));
        FewshotConfig shots = config.shots();
        for (Doc shot : sampler.draw(doc)) {
            Object question = shots.reader().text(shot);
            List<String> choices = shots.reader().choices(shot);
            if (multipleInputs) {
                question = choice(choices, question, shots.reader().text(), shot);
                choices = List.of();
            }
            if (!(question instanceof String asked)) {
                throw shots.reader().text().wrong(shot, question, "text");
            }
            String prefix = optional(shots.genPrefix(), shot);
            Object answer = shots.reader().target(shot);
            boolean answered = answer != None.NONE && !answer.equals("");
            text.append(asked);
            if (prefix.isEmpty() ? answered : needsDelimiter(asked, prefix)) {
                text.append(shots.targetDelimiter());
            }
            text.append(prefix);
            if (answered) {
                String written = written(answer, choices, shots.reader().target(), shot);
                text.append(!prefix.isEmpty() && needsDelimiter(prefix, written) ? " " : "")
                        .append(written)
                        .append(shots.delimiter());
            }
        }
        return text.toString();
    }

    private static String written(Object answer, List<String> choices, DocField field, Doc shot)
            throws TaskException {
        if (answer instanceof Long && !choices.isEmpty()) {
            return choice(choices, answer, field, shot);
        }
        Object first = answer instanceof List<?> list && !list.isEmpty() ? list.getFirst() : answer;
        if (first instanceof String text) {
            return text;
        }
        throw field.wrong(shot, answer, "text or the index of a choice");
    }

    private static String choice(List<String> choices, Object index, DocField field, Doc doc)
            throws TaskException {
        if (index instanceof Long number && number >= 0 && number < choices.size()) {
            return choices.get(number.intValue());
        }
        throw field.wrong(doc, index, "the index of one of " + choices.size() + " choices");
    }

    private String question(Doc doc, String prefix) throws TaskException {
        Object value = config.reader().text(doc);
        if (!(value instanceof String text)) {
            throw config.reader().text().wrong(doc, value, "text");
        }
        return text + (!prefix.isEmpty() && needsDelimiter(text, prefix)
                ? config.targetDelimiter()
                : "") + prefix;
    }

    private static boolean needsDelimiter(String before, String after) {
        return !before.isEmpty() && !after.isEmpty()
                && !PythonText.isSpace(before.codePointBefore(before.length()))
                && !PythonText.isSpace(after.codePointAt(0));
    }

    private static String optional(@Nullable DocField field, Doc doc) throws TaskException {
        Object value = field == null ? None.NONE : field.of(doc);
        return value == None.NONE ? "" : PythonText.str(value);
    }
}
