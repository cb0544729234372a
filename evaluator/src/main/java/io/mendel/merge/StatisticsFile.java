package io.mendel.merge;

import io.mendel.merge.PairStatistics.Names;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a pair of checkpoints on disk.
 *
 * <p>
 * All numbers are big endian, strings are two bytes of length and modified UTF-8:
 *
 * <pre>{@code
 * file    = "MENDSTAT" version:u32 firstDigest:string secondDigest:string norms tables dots checksum
 * norms   = count:u32 { names norm:f64 }
 * tables  = count:u32 { names { bits:u32 cut:u64 norm:f64 } × 257 }
 * dots    = count:u32 { names aa:f64 ab:f64 bb:f64 }
 * names   = tensor of the first checkpoint:string, tensor of the second:string
 * checksum = SHA-256 of everything before it, 32 bytes
 * }</pre>
 *
 * A file that is damaged, of another version or of other checkpoints is ignored: its content is computed again.
 */
final class StatisticsFile {

    private static final byte[] MAGIC = "MENDSTAT"
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int VERSION = 2;
    private static final int CHECKSUM_BYTES = 32;
    private static final Comparator<Names> ORDER = Comparator.comparing(Names::base)
            .thenComparing(Names::model);

    private StatisticsFile() {}

    static Path path(Path directory, String first, String second) {
        return directory.resolve(first.substring(0, 16) + "-" + second.substring(0, 16) + ".stats");
    }

    /** The statistics in a file, or null if it cannot be trusted. */
    static @Nullable PairStatistics read(Path file, String first, String second)
            throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length - CHECKSUM_BYTES;
        if (end < MAGIC.length || !Arrays.equals(MAGIC, 0, MAGIC.length, bytes, 0, MAGIC.length)
                || !Arrays.equals(sha256(bytes, end), 0, CHECKSUM_BYTES, bytes, end,
                        bytes.length)) {
            return null;
        }
        try (var in = new DataInputStream(
                new ByteArrayInputStream(bytes, MAGIC.length, end - MAGIC.length))) {
            if (in.readInt() != VERSION || !in.readUTF().equals(first)
                    || !in.readUTF().equals(second)) {
                return null;
            }
            var statistics = new PairStatistics();
            for (int i = in.readInt(); i > 0; i--) {
                statistics.allNorms().put(names(in), in.readDouble());
            }
            for (int i = in.readInt(); i > 0; i--) {
                Names names = names(in);
                var trims = new Trim[MagnitudeTable.STEPS + 1];
                for (int q = 0; q < trims.length; q++) {
                    trims[q] = new Trim(in.readInt(), in.readLong(), in.readDouble());
                }
                statistics.allTables().put(names, new MagnitudeTable(trims));
            }
            for (int i = in.readInt(); i > 0; i--) {
                statistics.allDots()
                        .put(names(in),
                                new DotProducts(in.readDouble(), in.readDouble(), in.readDouble()));
            }
            return statistics;
        }
    }

    private static Names names(DataInputStream in) throws IOException {
        return new Names(in.readUTF(), in.readUTF());
    }

    /** Replaces a file at once: readers see the old one or the new one. */
    static void write(Path file, String first, String second, PairStatistics statistics)
            throws IOException {
        var buffer = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(buffer)) {
            out.write(MAGIC);
            out.writeInt(VERSION);
            out.writeUTF(first);
            out.writeUTF(second);
            for (Map.Entry<Names, Double> entry : begin(out, statistics.allNorms())) {
                names(out, entry.getKey());
                out.writeDouble(entry.getValue());
            }
            for (Map.Entry<Names, MagnitudeTable> entry : begin(out, statistics.allTables())) {
                names(out, entry.getKey());
                for (int q = 0; q <= MagnitudeTable.STEPS; q++) {
                    Trim trim = entry.getValue().step(q);
                    out.writeInt(trim.bits());
                    out.writeLong(trim.cut());
                    out.writeDouble(trim.norm());
                }
            }
            for (Map.Entry<Names, DotProducts> entry : begin(out, statistics.allDots())) {
                names(out, entry.getKey());
                out.writeDouble(entry.getValue().aa());
                out.writeDouble(entry.getValue().ab());
                out.writeDouble(entry.getValue().bb());
            }
        }
        byte[] content = buffer.toByteArray();
        buffer.writeBytes(sha256(content, content.length));
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        Path temporary = Files.createTempFile(directory, "statistics", ".tmp");
        try {
            Files.write(temporary, buffer.toByteArray());
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static <V> Iterable<Map.Entry<Names, V>> begin(DataOutputStream out,
            Map<Names, V> entries)
            throws IOException {
        var sorted = new TreeMap<Names, V>(ORDER);
        sorted.putAll(entries);
        out.writeInt(sorted.size());
        return sorted.entrySet();
    }

    private static void names(DataOutputStream out, Names names) throws IOException {
        out.writeUTF(names.base());
        out.writeUTF(names.model());
    }

    private static byte[] sha256(byte[] bytes, int length) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
