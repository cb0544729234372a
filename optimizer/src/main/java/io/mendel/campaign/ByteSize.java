package io.mendel.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.space.DocumentException;
import io.mendel.space.YamlFields;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads amounts of memory such as {@code 512MB} or {@code 2GiB}. */
final class ByteSize {

    private static final Pattern FORM = Pattern.compile("(\\d{1,12}) ?([kKMGT]i?)?B?");
    private static final Map<String, Long> UNITS = Map.of("", 1L, "K", 1000L, "M", 1_000_000L, "G",
            1_000_000_000L, "T", 1_000_000_000_000L, "KI", 1L << 10, "MI", 1L << 20, "GI", 1L << 30,
            "TI", 1L << 40);

    private ByteSize() {}

    /**
     * The bytes of a key.
     *
     * @param defaultBytes bytes if the key is absent
     */
    static long read(YamlFields fields, String key, long defaultBytes) throws DocumentException {
        JsonNode node = fields.get(key);
        if (node == null) {
            return defaultBytes;
        }
        var matcher = FORM.matcher(node.asText());
        if (!matcher.matches()) {
            throw fields.wrong(key, "an amount of memory such as 512MB, or 0", node);
        }
        String unit = matcher.group(2) == null ? "" : matcher.group(2).toUpperCase(Locale.ROOT);
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)),
                    UNITS.getOrDefault(unit, 1L));
        } catch (ArithmeticException e) {
            throw fields.wrong(key, "an amount of memory such as 512MB, or 0", node);
        }
    }
}
