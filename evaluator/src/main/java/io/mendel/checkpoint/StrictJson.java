package io.mendel.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * JSON from files nobody vouches for: UTF-8 only, no duplicate keys, no trailing text, bounded depth and size.
 *
 * <p>
 * Numbers may be {@code NaN} and {@code Infinity}, because Python writes them. Field names are not interned: the symbol
 * table is a target for colliding names.
 */
final class StrictJson {

    private static final int MAX_DEPTH = 100;
    /** More than any real file has, and few enough to hold as a tree. */
    private static final long MAX_TOKENS = 20_000_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /** A token stream over UTF-8 bytes; malformed UTF-8 and a byte order mark are errors. */
    static JsonParser parser(InputStream bytes) throws IOException {
        // A Reader, since Jackson would guess UTF-16 or UTF-32 and skip a byte order mark when given bytes.
        Reader reader = new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
        return FACTORY.createParser(reader);
    }

    /**
     * Reads a file that must hold one JSON object.
     *
     * @param file the file
     * @param maxBytes larger files are refused unread
     * @param kind kind of the exception if the content is not a JSON object
     * @param remedy last line of the exception's message
     */
    static ObjectNode object(Path file, long maxBytes, Kind kind, String remedy)
            throws CheckpointException {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > maxBytes) {
                throw new CheckpointException(kind, file,
                        "The file has %d bytes, more than the %d expected of it."
                                .formatted(channel.size(), maxBytes),
                        remedy);
            }
            try (JsonParser parser = parser(Channels.newInputStream(channel))) {
                JsonNode node = MAPPER.readTree(parser);
                if (node instanceof ObjectNode object) {
                    return object;
                }
                throw new CheckpointException(kind, file,
                        "The file must hold a JSON object, not "
                                + (node == null || node.isMissingNode()
                                        ? "nothing"
                                        : "a JSON " + node.getNodeType()
                                                .name()
                                                .toLowerCase(java.util.Locale.ROOT))
                                + ".",
                        remedy);
            }
        } catch (JsonProcessingException e) {
            throw new CheckpointException(kind, file,
                    "The file is not valid JSON: " + describe(e) + ".", remedy, e);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new CheckpointException(kind, file, "The file is not UTF-8.", remedy, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** The parser's complaint and its place, without the excerpt of the source that Jackson appends. */
    static String describe(JsonProcessingException e) {
        var location = e.getLocation();
        String place = location == null
                ? ""
                : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        return e.getOriginalMessage() + place;
    }

    /** The exception for a file that exists but cannot be read. */
    static CheckpointException unreadable(Path file, IOException cause) {
        if (!Files.exists(file)) {
            return new CheckpointException(Kind.MISSING, file, "The file does not exist.",
                    "Check the path, and that the download is complete.", cause);
        }
        return new CheckpointException(Kind.UNREADABLE, file,
                "The file cannot be read (" + cause + ").",
                "Check its permissions and the disk.", cause);
    }
}
