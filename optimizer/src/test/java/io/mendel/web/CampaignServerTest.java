package io.mendel.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.campaign.CampaignListener;
import io.mendel.campaign.CampaignSession;
import io.mendel.campaign.SmallCampaign;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CampaignServerTest {

    @TempDir
    private static Path folder;
    private static CampaignServer server;

    @BeforeAll
    static void serveACampaign() throws Exception {
        var spec = SmallCampaign.spec(Map.of("evaluation",
                "{items: 2, validation_items: 1, test_items: 1}", "budget.evaluations", "10",
                "search.population", "4", "space.methods", "[task_arithmetic]", "objectives",
                "[{name: '<b>know', task: know_ja, metric: choice_probability}, {name: arith, task: arith_en, metric: acc}]",
                "main", "arith"));
        new CampaignSession(spec, folder, new CampaignSession.Options(1, 2, false),
                CampaignListener.SILENT, () -> false).run();
        server = CampaignServer.start(folder, 0);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(server.address().resolve(path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request.build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new ObjectMapper().readTree(response.body());
    }

    @Test
    void theStatusIsThatOfTheCommandAndMore() throws Exception {
        JsonNode status = json("/api/status");

        assertThat(status.fieldNames()).toIterable()
                .contains("campaign", "state", "evaluations", "failed", "generation",
                        "hypervolume", "archive", "winner", "baselines", "history", "objectives",
                        "genes", "budget", "waiting");
        assertThat(status.get("evaluations").asInt()).isEqualTo(10);
        assertThat(status.at("/budget/evaluations").asInt()).isEqualTo(10);
        assertThat(status.get("history")).isNotEmpty();
    }

    @Test
    void everyCandidateIsListedAndDescribed() throws Exception {
        JsonNode candidates = json("/api/candidates").get("candidates");
        JsonNode candidate = json("/api/candidates/3");

        assertThat(candidates).hasSize(10);
        assertThat(candidate.get("genes")).isEqualTo(candidates.get(2).get("genes"));
        assertThat(candidate.get("recipe").asText()).contains("merge_method: task_arithmetic");
        assertThat(candidate.at("/scores/arith_en/acc").isNumber()).isTrue();
        assertThat(get("/api/candidates/999").statusCode()).isEqualTo(404);
    }

    @Test
    void whatDidNotChangeIsNotSentAgain() throws Exception {
        HttpResponse<String> first = get("/api/candidates");
        String tag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> second = get("/api/candidates", "If-None-Match", tag);

        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/campaign.db", "/..%2fcampaign.db", "/%2e%2e/campaign.yaml",
        "/api/candidates/../../campaign.db", "/api/candidates/1%2f..", "/app.js/", "//app.js",
        "/META-INF/MANIFEST.MF", "/api/candidates/99999999999999999999"})
    void noPathLeadsAnywhereElse(String path) throws Exception {
        HttpResponse<String> response = send(HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .build());

        assertThat(response.statusCode()).isIn(400, 404);
        assertThat(response.body()).doesNotContain("SQLite format");
    }

    private static String raw(String method, String host) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(),
                server.address().getPort())) {
            socket.getOutputStream()
                    .write((method + " /api/status HTTP/1.1\r\nHost: " + host
                            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void onlyThisMachineIsAnsweredAndNothingCanBeChanged() throws Exception {
        assertThat(raw("GET", "evil.example")).startsWith("HTTP/1.1 403")
                .doesNotContain("hypervolume");
        assertThat(raw("GET", "localhost.evil.example:80")).startsWith("HTTP/1.1 403");
        assertThat(raw("GET", "localhost:" + server.address().getPort()))
                .startsWith("HTTP/1.1 200");
        for (String method : new String[]{"POST", "PUT", "DELETE"}) {
            assertThat(raw(method, "127.0.0.1")).startsWith("HTTP/1.1 405");
        }
        assertThat(server.address().getHost()).isEqualTo("127.0.0.1");
    }

    @Test
    void everythingComesFromHere() throws Exception {
        HttpResponse<String> page = get("/");

        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("script-src 'self'");
        assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
        assertThat(get("/chart.js").body()).contains("Chart.js v4");
        assertThat(get("/app.js").body()).doesNotContain("innerHTML");
        assertThat(get("/report").body()).contains("&lt;b&gt;know").doesNotContain("<b>know");
    }

    @Test
    void aBrowserShowsTheCandidates() throws Exception {
        Path chromium = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser",
                "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of(""));
        assumeThat(chromium.isAbsolute()).as("a Chromium is needed to look at the page").isTrue();
        Path dom = folder.resolve("dom.html");
        Process browser = new ProcessBuilder(chromium.toString(), "--headless=new", "--no-sandbox",
                "--disable-gpu", "--user-data-dir=" + folder.resolve("profile"),
                "--virtual-time-budget=4000", "--dump-dom",
                server.address() + "#candidate-3").redirectOutput(dom.toFile())
                .redirectError(folder.resolve("browser.log").toFile())
                .start();
        assertThat(browser.waitFor(90, TimeUnit.SECONDS)).isTrue();

        String page = Files.readString(dom);
        for (JsonNode member : json("/api/status").get("archive")) {
            assertThat(page).contains("<tr data-id=\"" + member.get("id").asInt() + "\"");
        }
        assertThat(page).contains("&lt;b&gt;know").doesNotContain("<b>know");
        assertThat(page).contains("Candidate 3, generation")
                .contains("merge_method: task_arithmetic");
        assertThat(page).contains("<p id=\"problem\" role=\"alert\" hidden");
    }
}
