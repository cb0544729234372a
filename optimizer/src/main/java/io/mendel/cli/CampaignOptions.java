package io.mendel.cli;

import io.mendel.campaign.CampaignSession;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.space.DocumentException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that {@code run} and {@code resume} share; none of them changes a result. */
final class CampaignOptions {

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1", description = "Candidates evaluated at the same time (default: ${DEFAULT-VALUE}).")
    private int workers = 1;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of all workers together (default: one for each core).")
    private @Nullable Integer threads;

    @Option(names = "--compare", paramLabel = "random", description = "Gives random search as many evaluations, as one more baseline.")
    private @Nullable String compare;

    @Option(names = "--quiet", description = "No progress, only the result.")
    private boolean quiet;

    boolean quiet() {
        return quiet;
    }

    /** Where candidates are merged; the command closes it. */
    MergeDevice device() throws DocumentException {
        return Devices.open(device);
    }

    CampaignSession.Options session(MergeDevice merging) throws DocumentException {
        if (workers < 1 || workers > 1024) {
            throw new DocumentException("--workers", "",
                    "must be from 1 to 1024, not " + workers + ".",
                    "One worker for every few cores is plenty.");
        }
        if (threads != null && (threads < 1 || threads > 4096)) {
            throw new DocumentException("--threads", "",
                    "must be from 1 to 4096, not " + threads + ".",
                    "Leave it out for one thread per core.");
        }
        if (compare != null && !compare.equals("random")) {
            throw new DocumentException("--compare", "", "unknown comparison '" + compare + "'.",
                    "Write 'random'.");
        }
        int all = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        return new CampaignSession.Options(workers, all, compare != null, merging);
    }
}
