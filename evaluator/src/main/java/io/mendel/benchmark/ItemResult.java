package io.mendel.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a candidate did on one document.
 *
 * @param task name of the task
 * @param docId index of the document in its split
 * @param logLikelihoods of the requests in nats, in the order of the choices; NaN if the model produced NaN; empty for
 *            generated text
 * @param greedy for each log-likelihood, whether the continuation is what the model would have written
 * @param output the generated text, or the most likely choice, or empty
 * @param filtered the generated text after each filter, by the filter's name
 * @param metrics the number of each result, as it enters the aggregation: for perplexities the log-likelihood
 * @param weights the weight of results whose mean is weighted: words or bytes
 * @since 0.1
 */
public record ItemResult(String task, int docId, List<Double> logLikelihoods, List<Boolean> greedy,
        String output,
        Map<String, String> filtered, Map<String, Double> metrics, Map<String, Double> weights) {

    private static final Set<String> FIELDS = Set.of("model", "task", "doc_id", "loglikelihoods",
            "greedy", "output",
            "filtered", "weights");

    public ItemResult {
        logLikelihoods = List.copyOf(logLikelihoods);
        greedy = List.copyOf(greedy);
        filtered = Collections.unmodifiableMap(new LinkedHashMap<>(filtered));
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }

    /** Whether all log-likelihoods are numbers. */
    public boolean finite() {
        return logLikelihoods.stream().noneMatch(ll -> ll.isNaN());
    }

    /** The value of a result and its weight; nothing if the document has no right answer to measure. */
    Optional<Aggregation.Score> score(String resultName) {
        return Optional.ofNullable(metrics.get(resultName))
                .map(value -> new Aggregation.Score(value, weights.getOrDefault(resultName, 1.0)));
    }

    /** The object {@code {task, doc_id, loglikelihoods, greedy, output, filtered?, METRIC: x, weights?}}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("task", task).put("doc_id", docId);
        var numbers = json.putArray("loglikelihoods");
        logLikelihoods.forEach(numbers::add);
        var flags = json.putArray("greedy");
        greedy.forEach(flags::add);
        json.put("output", output);
        if (!filtered.isEmpty()) {
            filtered.forEach(json.putObject("filtered")::put);
        }
        metrics.forEach(json::put);
        if (!weights.isEmpty()) {
            weights.forEach(json.putObject("weights")::put);
        }
        return json;
    }

    /**
     * Reads back what {@link #toJson()} wrote; the numbers are the same, bit for bit.
     *
     * @throws IllegalArgumentException if the object has no task or document
     */
    public static ItemResult fromJson(JsonNode json) {
        if (!json.path("task").isTextual() || !json.path("doc_id").isInt()) {
            throw new IllegalArgumentException("An item result needs a task and a doc_id.");
        }
        var logLikelihoods = new ArrayList<Double>();
        json.path("loglikelihoods").forEach(node -> logLikelihoods.add(number(node)));
        var greedy = new ArrayList<Boolean>();
        json.path("greedy").forEach(node -> greedy.add(node.booleanValue()));
        var filtered = new LinkedHashMap<String, String>();
        json.path("filtered")
                .properties()
                .forEach(entry -> filtered.put(entry.getKey(), entry.getValue().asText()));
        var metrics = new LinkedHashMap<String, Double>();
        json.properties()
                .stream()
                .filter(entry -> !FIELDS.contains(entry.getKey()))
                .forEach(entry -> metrics.put(entry.getKey(), number(entry.getValue())));
        var weights = new LinkedHashMap<String, Double>();
        json.path("weights")
                .properties()
                .forEach(entry -> weights.put(entry.getKey(), number(entry.getValue())));
        return new ItemResult(json.path("task").asText(), json.path("doc_id").asInt(),
                logLikelihoods, greedy,
                json.path("output").asText(), filtered, metrics, weights);
    }

    private static double number(JsonNode node) {
        return node.isNumber() ? node.doubleValue() : Double.parseDouble(node.asText());
    }
}
