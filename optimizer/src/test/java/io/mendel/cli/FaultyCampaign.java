package io.mendel.cli;

import io.mendel.campaign.CampaignSession;
import io.mendel.campaign.CampaignSpec;
import io.mendel.campaign.Campaigns;
import io.mendel.campaign.FaultyScorer;
import io.mendel.campaign.SmallCampaign;
import io.mendel.campaign.StoppedException;
import io.mendel.results.store.StoreException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A process that runs a small campaign with injected faults, for {@link FaultRounds}; exit codes are those of the command. */
final class FaultyCampaign {

    private FaultyCampaign() {}

    /**
     * Runs it.
     *
     * @param args directory, journal, algorithm, seed, percent of recipes that hang, workers
     */
    public static void main(String[] args) throws Exception {
        var stop = new StopSignal();
        stop.install();
        int code = ExitCode.DONE;
        try {
            CampaignSpec spec = spec(args[2], Long.parseLong(args[3]));
            FaultyScorer.session(spec, Path.of(args[0]),
                    new CampaignSession.Options(Integer.parseInt(args[5]), 2, false),
                    stop::requested, Path.of(args[1]), Integer.parseInt(args[4])).run();
        } catch (StoppedException e) {
            code = ExitCode.STOPPED;
        } catch (StoreException | java.io.IOException e) {
            System.out.println(e.getMessage());
            code = ExitCode.FAILED;
        } finally {
            stop.finished();
        }
        System.exit(code);
    }

    private static CampaignSpec spec(String algorithm, long seed) throws Exception {
        var overrides = new HashMap<String, String>(Map.of("evaluation",
                "{items: 2, validation_items: 1, test_items: 1}", "budget.evaluations", "32",
                "limits.seconds", "10", "space.methods", "[task_arithmetic]"));
        overrides.put("search", "{algorithm: " + algorithm + ", population: 8, seed: " + seed
                + ", finalists: 3}");
        return Campaigns.read(SmallCampaign.YAML, SmallCampaign.DEMO.resolve("small.yaml"),
                overrides);
    }
}
