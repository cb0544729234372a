package io.mendel.results;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The document that {@code mendel status --json} prints.
 *
 * @param campaign the campaign's name
 * @param state whether it runs
 * @param evaluations candidates evaluated so far, failed ones included
 * @param failed candidates that failed
 * @param generation the last generation with a candidate; 0 before the first
 * @param hypervolume hypervolume of the archive; NaN if not known, null in JSON
 * @param seed the campaign's seed
 * @param archive the non-dominated candidates, sorted by id
 * @param winner the winner, or null
 * @param baselines the baselines
 * @param racing what giving up candidates early saved
 * @param timings how long it took; no part of the result
 * @since 0.1
 */
public record CampaignStatus(String campaign, CampaignState state, int evaluations, int failed,
        int generation,
        double hypervolume, long seed, List<Member> archive, @Nullable Chosen winner,
        List<Baseline> baselines, RacingSavings racing,
        Timings timings) {

    /**
     * A candidate of the archive.
     *
     * @param id the candidate's id
     * @param recipeDigest digest of its recipe
     * @param objectives its objectives by name
     * @since 0.1
     */
    public record Member(long id, String recipeDigest, SortedMap<String, Double> objectives) {}

    /**
     * The winner with its scores on items that the search never saw.
     *
     * @param member the candidate
     * @param validation the metrics that picked it
     * @param heldOut the metrics on the test items
     * @since 0.1
     */
    public record Chosen(Member member, Scores validation, Scores heldOut) {}

    /**
     * How long the campaign took.
     *
     * @param elapsed seconds worked on it
     * @param evaluationsPerHour candidates per hour; 0 before the first
     * @param layerRuns what candidates with common beginnings saved each other
     * @since 0.1
     */
    public record Timings(double elapsed, double evaluationsPerHour, LayerRuns layerRuns) {}

    public CampaignStatus {
        archive = archive.stream().sorted(Comparator.comparingLong(Member::id)).toList();
        baselines = List.copyOf(baselines);
    }

    /**
     * The status of a campaign.
     *
     * @param archive ids of the non-dominated candidates; ids without a finished evaluation are left out
     * @param hypervolume their hypervolume; NaN if not known
     * @throws IllegalArgumentException if the winner is not among the candidates
     */
    public static CampaignStatus of(CampaignContents contents, CampaignState state,
            Collection<Long> archive,
            double hypervolume) {
        var ids = new TreeSet<>(archive);
        var members = contents.candidates()
                .stream()
                .filter(candidate -> ids.contains(candidate.id()))
                .flatMap(candidate -> {
                    var finished = contents.finished(candidate);
                    return finished == null
                            ? Stream.<Member>empty()
                            : Stream.of(member(candidate, finished.objectives()));
                })
                .toList();
        int generation = contents.candidates()
                .stream()
                .mapToInt(Candidate::generation)
                .max()
                .orElse(0);
        double seconds = contents.elapsed().toNanos() / 1e9;
        double perHour = seconds > 0 ? contents.evaluated() * 3600 / seconds : 0;
        return new CampaignStatus(contents.info().name(), state, contents.evaluated(),
                contents.failed(), generation,
                hypervolume, contents.info().seed(), members, chosen(contents),
                contents.baselines(), contents.racing(),
                new Timings(seconds, perHour, contents.layerRuns()));
    }

    private static @Nullable Chosen chosen(CampaignContents contents) {
        var winner = contents.winner();
        if (winner == null) {
            return null;
        }
        var candidate = contents.candidate(winner.candidate());
        if (candidate == null) {
            throw new IllegalArgumentException(
                    "The winner (" + winner.candidate() + ") must be one of the candidates.");
        }
        var finished = contents.finished(candidate);
        return new Chosen(
                member(candidate, finished == null ? new TreeMap<>() : finished.objectives()),
                winner.validation(), winner.heldOut());
    }

    private static Member member(Candidate candidate, SortedMap<String, Double> objectives) {
        return new Member(candidate.id(), candidate.recipeDigest(), objectives);
    }

    /** The status as one JSON object; field names are fixed, further fields may be added. */
    public ObjectNode toJson() {
        var root = new ObjectMapper().createObjectNode();
        root.put("campaign", campaign).put("state", state.name().toLowerCase(Locale.ROOT));
        root.put("evaluations", evaluations).put("failed", failed).put("generation", generation);
        root.put("hypervolume", Double.isNaN(hypervolume) ? null : hypervolume).put("seed", seed);
        var members = root.putArray("archive");
        archive.forEach(member -> write(member, members.addObject()));
        if (winner == null) {
            root.putNull("winner");
        } else {
            var node = root.putObject("winner");
            write(winner.member(), node);
            write(winner.validation(), node.putObject("validation"));
            write(winner.heldOut(), node.putObject("held_out"));
        }
        var rows = root.putArray("baselines");
        for (var baseline : baselines) {
            var node = rows.addObject().put("name", baseline.name());
            node.put("kind", baseline.kind().name().toLowerCase(Locale.ROOT));
            write(baseline.objectives(), node.putObject("objectives"));
            write(baseline.heldOut(), node.putObject("held_out"));
        }
        if (racing.raced() > 0) {
            root.putObject("racing")
                    .put("evaluations", racing.evaluations())
                    .put("raced", racing.raced())
                    .put("items_saved", racing.saved())
                    .put("items", racing.items());
        }
        root.putObject("timings")
                .put("elapsed", timings.elapsed())
                .put("evaluations_per_hour",
                        timings.evaluationsPerHour())
                .put("layer_runs", timings.layerRuns().executed())
                .put("layer_runs_saved", timings.layerRuns().saved());
        return root;
    }

    private static void write(Member member, ObjectNode node) {
        node.put("id", member.id()).put("recipe_digest", member.recipeDigest());
        write(member.objectives(), node.putObject("objectives"));
    }

    private static void write(Scores scores, ObjectNode node) {
        scores.tasks().forEach((task, metrics) -> write(metrics, node.putObject(task)));
    }

    private static void write(SortedMap<String, Double> values, ObjectNode node) {
        values.forEach(node::put);
    }
}
