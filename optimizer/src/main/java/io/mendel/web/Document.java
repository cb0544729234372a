package io.mendel.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Something that is sent to the browser.
 *
 * @param status the HTTP status
 * @param type the media type
 * @param policy the content security policy
 * @param body the bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
record Document(int status, String type, String policy, byte[] body) {

    /** Nothing but what comes from here. */
    private static final String OWN = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    /** The report is one file with its own script and style. */
    private static final String INLINE = "default-src 'none'; script-src 'unsafe-inline'; "
            + "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static Document json(int status, String text) {
        return new Document(status, "application/json; charset=utf-8", OWN,
                text.getBytes(StandardCharsets.UTF_8));
    }

    static Document report(String html) {
        return new Document(200, "text/html; charset=utf-8", INLINE,
                html.getBytes(StandardCharsets.UTF_8));
    }

    static Document asset(String type, byte[] body) {
        return new Document(200, type, OWN, body);
    }

    /** Changes with the content. */
    String tag() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
