package io.mendel.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CampaignStatusTest {
    private final CampaignContents contents = DemoCampaign.contents(100, 3, true);

    private static List<String> names(JsonNode node) {
        var names = new ArrayList<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void documentHasTheAgreedFields() {
        var archive = DemoCampaign.archive(contents);
        var json = CampaignStatus.of(contents, CampaignState.FINISHED, archive, 0.25).toJson();
        assertThat(names(json)).startsWith("campaign", "state", "evaluations", "failed",
                "generation", "hypervolume", "seed",
                "archive", "winner", "baselines");
        assertThat(json.at("/campaign").asText()).isEqualTo("three-skills");
        assertThat(json.at("/state").asText()).isEqualTo("finished");
        assertThat(json.at("/evaluations").asInt()).isEqualTo(100);
        assertThat(json.at("/failed").asInt()).isEqualTo(2);
        assertThat(json.at("/generation").asInt()).isEqualTo(4);
        assertThat(json.at("/hypervolume").asDouble()).isEqualTo(0.25);
        assertThat(json.at("/seed").asLong()).isEqualTo(42);
        assertThat(names(json.at("/archive/0"))).containsExactly("id", "recipe_digest",
                "objectives");
        assertThat(json.at("/archive").findValuesAsText("id").stream().map(Long::valueOf))
                .containsExactlyElementsOf(archive);
        assertThat(names(json.at("/winner"))).contains("id", "recipe_digest", "objectives",
                "held_out");
        assertThat(json.at("/winner/held_out/know_ja/acc").asDouble()).isEqualTo(0.722);
        assertThat(names(json.at("/baselines/0"))).contains("name", "objectives", "held_out");
        assertThat(json.at("/baselines").findValuesAsText("name")).containsExactly("chat-ja",
                "math-en", "sort-en",
                "uniform", "ties, density 0.5", "random search");
        assertThat(json.at("/baselines/1/objectives/arith").asDouble()).isEqualTo(0.711);
        assertThat(json.at("/timings/elapsed").asDouble()).isEqualTo(187 * 60);
        assertThat(json.at("/timings/evaluations_per_hour").asDouble())
                .isEqualTo(100 * 3600 / (187 * 60.0));
    }

    @Test
    void failedAndUnknownCandidatesAreNoMembers() {
        var ids = new TreeSet<>(List.of(40L, 41L, 5000L));
        var status = CampaignStatus.of(contents, CampaignState.RUNNING, ids, Double.NaN);
        assertThat(status.archive()).extracting(CampaignStatus.Member::id).containsExactly(41L);
    }

    @Test
    void unknownThingsAreNull() {
        var json = CampaignStatus
                .of(DemoCampaign.contents(0, 3, true), CampaignState.PAUSED, List.of(), Double.NaN)
                .toJson();
        assertThat(json.at("/hypervolume").isNull()).isTrue();
        assertThat(json.at("/winner").isNull()).isTrue();
        assertThat(json.at("/archive").isArray()).isTrue();
        assertThat(json.at("/archive")).isEmpty();
        assertThat(json.at("/timings/evaluations_per_hour").asDouble()).isZero();
    }
}
