package io.mendel.results.report;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a campaign's report: one HTML file that needs no network and no other file.
 *
 * @since 0.1
 */
public final class ReportWriter {

    /** The name of the picture of the paths. */
    public static final String PATHS = "paths.svg";

    private ReportWriter() {}

    /**
     * Writes the report, replacing an older one at once; where candidates are paths of layers, their picture, too, as
     * {@value #PATHS} beside it.
     *
     * @param file the file to write; its directory must exist
     * @throws IOException if a file cannot be written
     */
    public static void write(ReportData data, Path file) throws IOException {
        AtomicText.write(file, html(data));
        String paths = new PathPicture(Trial.of(data)).svg();
        if (paths != null) {
            AtomicText.write(file.resolveSibling(PATHS), paths);
        }
    }

    /** The report as HTML; the same data give the same text. */
    public static String html(ReportData data) {
        return new ReportPage(data).html();
    }
}
