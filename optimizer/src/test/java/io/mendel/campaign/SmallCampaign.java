package io.mendel.campaign;

import io.mendel.space.DocumentException;
import java.nio.file.Path;
import java.util.Map;

/** The demo's models and tasks in a campaign of a few seconds. */
public final class SmallCampaign {

    /** The folder of the bundled demo. */
    public static final Path DEMO = Path.of("demo").toAbsolutePath();

    /** A campaign of 20 evaluations on 8 items of each task. */
    public static final String YAML = """
            name: small
            models:
              base: models/base
              parents: [models/math-en, models/chat-ja, models/sort-en]
            space: {type: parameter, methods: [dare_ties], layer_groups: 2, filters: [mlp]}
            tasks: [tasks/know_ja.yaml, tasks/arith_en.yaml, tasks/order_en.yaml]
            objectives:
              - {name: know, task: know_ja, metric: choice_probability}
              - {name: arith, task: arith_en, metric: acc}
              - {name: order, task: order_en, metric: acc}
            main: {mean: [know, arith, order]}
            evaluation: {items: 8, validation_items: 6, test_items: 5}
            search: {algorithm: nsga2, population: 8, seed: 3, finalists: 3}
            budget: {evaluations: 20}
            """;

    private SmallCampaign() {}

    /** The campaign with some values changed. */
    public static CampaignSpec spec(Map<String, String> overrides) throws DocumentException {
        return Campaigns.read(YAML, DEMO.resolve("small.yaml"), overrides);
    }
}
