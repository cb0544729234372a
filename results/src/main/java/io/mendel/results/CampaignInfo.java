package io.mendel.results;

import java.util.HashSet;
import java.util.List;

/**
 * What a campaign is, fixed when it is created.
 *
 * @param name the campaign's name
 * @param yaml the frozen campaign file
 * @param seed the campaign's seed
 * @param parents the input checkpoints, base included, in the order of the campaign file
 * @param settingsDigest digest of the evaluator's settings at creation
 * @param objectives the objectives, at least one, names unique
 * @param main what the main score is, for the user to read, such as {@code mean of know, arith}
 * @param genes the names of the genes; empty if the search has none
 * @since 0.1
 */
public record CampaignInfo(String name, String yaml, long seed, List<Parent> parents,
        String settingsDigest,
        List<ObjectiveDefinition> objectives, String main, List<String> genes) {

    /**
     * An input checkpoint.
     *
     * @param name the name shown to the user
     * @param digest digest of its weights
     * @since 0.1
     */
    public record Parent(String name, String digest) {}

    public CampaignInfo {
        parents = List.copyOf(parents);
        objectives = List.copyOf(objectives);
        genes = List.copyOf(genes);
        if (name.isBlank() || objectives.isEmpty()) {
            throw new IllegalArgumentException(
                    "A campaign needs a name and at least one objective.");
        }
        var names = new HashSet<String>();
        for (var objective : objectives) {
            if (!names.add(objective.name())) {
                throw new IllegalArgumentException(
                        "The objective name (" + objective.name() + ") must occur once only.");
            }
        }
    }
}
