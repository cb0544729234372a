package io.mendel.results.report;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a campaign's report: one HTML file that needs no network and no other file.
 *
 * @since 0.1
 */
public final class ReportWriter {
    private ReportWriter() {}

    /**
     * Writes the report, replacing an older one at once.
     *
     * @param file the file to write; its directory must exist
     * @throws IOException if the file cannot be written
     */
    public static void write(ReportData data, Path file) throws IOException {
        AtomicText.write(file, html(data));
    }

    /** The report as HTML; the same data give the same text. */
    public static String html(ReportData data) {
        return new ReportPage(data).html();
    }
}
