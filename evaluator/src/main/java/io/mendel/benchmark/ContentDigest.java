package io.mendel.benchmark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** SHA-256 of values: each is preceded by its kind and length, keys of mappings are sorted. */
final class ContentDigest {

    private final MessageDigest sha;

    ContentDigest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    ContentDigest add(Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                header('m', map.size());
                map.entrySet()
                        .stream()
                        .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                        .forEach(entry -> add(entry.getKey()).add(entry.getValue()));
            }
            case List<?> list -> {
                header('l', list.size());
                list.forEach(this::add);
            }
            case String text -> bytes('s', text);
            case Double number -> bytes('d', Double.toHexString(number));
            default -> bytes('o', value.toString());
        }
        return this;
    }

    private void bytes(char kind, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        header(kind, bytes.length);
        sha.update(bytes);
    }

    private void header(char kind, int length) {
        sha.update(ByteBuffer.allocate(5).put((byte) kind).putInt(length).flip());
    }

    String hex() {
        return HexFormat.of().formatHex(sha.digest());
    }
}
