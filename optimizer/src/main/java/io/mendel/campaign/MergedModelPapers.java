package io.mendel.campaign;

import io.mendel.results.report.AtomicText;
import io.mendel.results.report.ModelCard;
import java.io.IOException;
import java.nio.file.Path;

/** The recipe and the model card beside a merged model's weights, named as mergekit and the Hub name them. */
final class MergedModelPapers {

    private MergedModelPapers() {}

    static void write(Path folder, ModelCard card) throws CampaignException {
        writeText(folder.resolve("mergekit_config.yml"), card.recipe());
        writeText(folder.resolve("README.md"), card.markdown());
    }

    /** A name for the model: that of its folder. */
    static String name(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    static void writeText(Path file, String text) throws CampaignException {
        try {
            AtomicText.write(file, text);
        } catch (IOException e) {
            throw new CampaignException(file.toString(), "the file cannot be written (" + e + ").",
                    "Choose a folder that exists and can be written.");
        }
    }
}
