package io.mendel.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Small decoders whose weights follow from a seed, the same ones as in {@code src/test/python/scaled_paths.py}.
 *
 * <p>
 * Element i of a tensor is {@code centre + width·(u − ½)} with {@code u = mix(i + crc32(name) + seed)/2³²}: norms are
 * 1 ± 0.1, embeddings ± 1, biases ± 0.1, all else ± 0.25.
 */
final class SyntheticModel {

    private SyntheticModel() {}

    /** Writes a checkpoint in fp32. */
    static Checkpoint write(Path folder, JsonNode config, int seed) throws Exception {
        Files.createDirectories(folder);
        Path shape = Files
                .createDirectories(folder.resolveSibling(folder.getFileName() + "-shape"));
        DecoderConfig decoder = decoder(shape, config);
        List<TensorInfo> infos = WeightLayout.of(decoder)
                .stream()
                .map(weight -> new TensorInfo(weight.name(), DType.F32, weight.shape()))
                .toList();
        try (Arena arena = Arena.ofConfined();
                var writer = CheckpointWriter.create(folder, infos, Long.MAX_VALUE)) {
            for (TensorInfo info : infos) {
                MemorySegment data = arena.allocate(info.byteSize());
                fill(info.name(), seed, data);
                writer.write(info.name(), data);
            }
            writer.text("config.json", config.toString());
            writer.commit();
        }
        return Checkpoint.open(folder);
    }

    /** The configuration is read from a folder that holds one tensor, because there are no others yet. */
    private static DecoderConfig decoder(Path folder, JsonNode config) throws Exception {
        var info = new TensorInfo("none", DType.F32, List.of(1L));
        Path target = folder.resolve("model");
        try (Arena arena = Arena.ofConfined();
                var writer = CheckpointWriter.create(target, List.of(info), Long.MAX_VALUE)) {
            writer.write("none", arena.allocate(4));
            writer.text("config.json", config.toString());
            writer.commit();
        }
        try (Checkpoint checkpoint = Checkpoint.open(target)) {
            return DecoderConfig.of(checkpoint);
        }
    }

    private static void fill(String name, int seed, MemorySegment data) {
        var crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        int start = (int) crc.getValue() + seed;
        boolean bias = name.endsWith(".bias");
        boolean norm = !bias && (name.contains("norm") || name.contains("ln_"));
        boolean embedding = name.contains("embed") || name.contains("wte") || name.contains("wpe");
        double centre = norm ? 1 : 0;
        double width = norm || bias ? 0.2 : embedding ? 2 : 0.5;
        for (int i = 0; i < data.byteSize() / Float.BYTES; i++) {
            double u = Integer.toUnsignedLong(mix(i + start)) * 0x1p-32;
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (centre + width * (u - 0.5)));
        }
    }

    /** The finaliser of MurmurHash3. */
    private static int mix(int value) {
        int h = value;
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
