package io.mendel.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.campaign.CampaignSummary;
import io.mendel.results.Candidate;
import io.mendel.results.report.ReportWriter;
import io.mendel.space.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers requests: only for this machine, only for reading. */
final class CampaignHandler extends Handler.Abstract {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HOST = Pattern
            .compile("(127\\.0\\.0\\.1|localhost|\\[::1\\])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);
    private static final Pattern CANDIDATE = Pattern.compile("/api/candidates/(\\d{1,18})");
    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final LiveCampaign campaign;
    private final Assets assets = new Assets();

    CampaignHandler(LiveCampaign campaign) {
        this.campaign = campaign;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Document document = answer(request);
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, document.type());
        headers.put("Content-Security-Policy", document.policy());
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        if (document.status() == HttpStatus.METHOD_NOT_ALLOWED_405) {
            headers.put(HttpHeader.ALLOW, "GET, HEAD");
        }
        String tag = document.tag();
        headers.put(HttpHeader.ETAG, tag);
        boolean known = document.status() == HttpStatus.OK_200
                && tag.equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH));
        response.setStatus(known ? HttpStatus.NOT_MODIFIED_304 : document.status());
        response.write(true, known ? ByteBuffer.allocate(0) : ByteBuffer.wrap(document.body()),
                callback);
        return true;
    }

    private Document answer(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (host == null || !HOST.matcher(host).matches()) {
            return problem(HttpStatus.FORBIDDEN_403,
                    "This page is for the machine it runs on, as 127.0.0.1 or localhost.");
        }
        if (!READING.contains(request.getMethod())) {
            return problem(HttpStatus.METHOD_NOT_ALLOWED_405, "This page can only be read.");
        }
        String path = Request.getPathInContext(request);
        Document asset = assets.at(path);
        try {
            Document found = asset != null ? asset : live(path);
            return found != null
                    ? found
                    : problem(HttpStatus.NOT_FOUND_404, "There is no such page.");
        } catch (InvalidInputException e) {
            return problem(HttpStatus.SERVICE_UNAVAILABLE_503, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Document live(String path) throws InvalidInputException {
        Matcher candidate = CANDIDATE.matcher(path);
        if (candidate.matches()) {
            return candidate(Long.parseLong(candidate.group(1)));
        }
        return switch (path) {
            case "/api/status" -> json(new CampaignJson(campaign.summary()).status());
            case "/api/candidates" -> {
                ObjectNode root = JSON.createObjectNode();
                new CampaignJson(campaign.summary()).candidates(root);
                yield json(root);
            }
            case "/report" -> Document.report(ReportWriter.html(campaign.summary().report()));
            default -> null;
        };
    }

    private @Nullable Document candidate(long id) throws InvalidInputException {
        CampaignSummary summary = campaign.summary();
        Candidate candidate = summary.contents().candidate(id);
        if (candidate == null) {
            return null;
        }
        ObjectNode root = JSON.createObjectNode();
        new CampaignJson(summary).candidate(candidate, root);
        return json(root);
    }

    private static Document json(ObjectNode root) {
        return Document.json(HttpStatus.OK_200, root.toString());
    }

    private static Document problem(int status, String message) {
        return Document.json(status, JSON.createObjectNode().put("error", message).toString());
    }
}
