package io.mendel.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page itself and what it loads: a fixed list, so that no path can name anything else. */
final class Assets {

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    /** Chart.js, MIT licence, from its package in Maven Central. */
    private static final String CHARTS = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    private final Map<String, Document> documents = Map.of("/",
            page("index.html", "text/html; charset=utf-8"),
            "/app.css", page("app.css", "text/css; charset=utf-8"), "/app.js",
            page("app.js", SCRIPT), "/chart.js", page(CHARTS, SCRIPT));

    /** The document at a path, or null. */
    @Nullable
    Document at(String path) {
        return documents.get(path);
    }

    private static Document page(String resource, String type) {
        try (InputStream stream = Assets.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("The program lacks its file " + resource + ".");
            }
            return Document.asset(type, stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
