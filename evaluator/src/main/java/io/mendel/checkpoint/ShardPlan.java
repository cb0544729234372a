package io.mendel.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where every tensor of a new checkpoint goes, decided before the first byte is written.
 *
 * <p>
 * Tensors fill shards in the given order, as in transformers: a shard ends before the tensor that would exceed the
 * limit, and a tensor above the limit has a shard of its own. Inside a shard, wide elements come first, so that all
 * tensors are aligned to their element size.
 */
final class ShardPlan {

    /** Metadata of every file; {@code format} is what transformers asks for, {@code producer} marks our own files. */
    static final Map<String, String> METADATA = Collections.unmodifiableMap(metadata());

    /**
     * A file to be.
     *
     * @param fileName its name
     * @param header its first bytes: length and JSON
     * @param sizeBytes its size
     */
    record Shard(String fileName, ByteBuffer header, long sizeBytes) {}

    /**
     * The place of a tensor.
     *
     * @param info the tensor
     * @param shard index of its shard
     * @param offset first byte in the file
     */
    record Place(TensorInfo info, int shard, long offset) {}

    private final List<Shard> shards = new ArrayList<>();
    private final SortedMap<String, Place> places = new TreeMap<>();

    /**
     * Plans the files.
     *
     * @throws IllegalArgumentException if a name occurs twice or is reserved, or the limit is not positive
     */
    ShardPlan(List<TensorInfo> tensors, long maxShardBytes) {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException(
                    "A shard must have at least 1 byte, not " + maxShardBytes + ".");
        }
        List<List<TensorInfo>> groups = group(tensors, maxShardBytes);
        for (int i = 0; i < groups.size(); i++) {
            String name = groups.size() == 1
                    ? "model.safetensors"
                    : "model-%05d-of-%05d.safetensors".formatted(i + 1, groups.size());
            place(i, name, groups.get(i));
        }
    }

    private static List<List<TensorInfo>> group(List<TensorInfo> tensors, long maxShardBytes) {
        List<List<TensorInfo>> groups = new ArrayList<>();
        List<TensorInfo> group = new ArrayList<>();
        long size = 0;
        for (TensorInfo tensor : tensors) {
            if (!group.isEmpty() && tensor.byteSize() > maxShardBytes - size) {
                groups.add(group);
                group = new ArrayList<>();
                size = 0;
            }
            group.add(tensor);
            size = Math.addExact(size, tensor.byteSize());
        }
        groups.add(group);
        return groups;
    }

    private void place(int shard, String fileName, List<TensorInfo> tensors) {
        List<TensorInfo> aligned = new ArrayList<>(tensors);
        aligned.sort(
                Comparator.comparingInt((TensorInfo tensor) -> tensor.dtype().bytes()).reversed());
        List<Place> behindHeader = new ArrayList<>();
        long size = 0;
        for (TensorInfo tensor : aligned) {
            behindHeader.add(new Place(tensor, shard, size));
            size = Math.addExact(size, tensor.byteSize());
        }
        byte[] header = header(behindHeader);
        for (Place begin : behindHeader) {
            TensorInfo tensor = begin.info();
            Place place = new Place(tensor, shard, header.length + begin.offset());
            if (tensor.name().equals("__metadata__") || places.put(tensor.name(), place) != null) {
                throw new IllegalArgumentException("The tensor name '" + tensor.name()
                        + "' is reserved or occurs twice.");
            }
        }
        shards.add(new Shard(fileName, ByteBuffer.wrap(header).asReadOnlyBuffer(),
                Math.addExact(header.length, size)));
    }

    private static byte[] header(List<Place> behindHeader) {
        var json = new ByteArrayOutputStream();
        try (JsonGenerator generator = new JsonFactory().createGenerator(json)) {
            generator.writeStartObject();
            generator.writeObjectFieldStart("__metadata__");
            for (Map.Entry<String, String> entry : METADATA.entrySet()) {
                generator.writeStringField(entry.getKey(), entry.getValue());
            }
            generator.writeEndObject();
            for (Place place : behindHeader) {
                writeEntry(generator, place.info(), place.offset());
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        }
        int padded = Math.ceilDiv(json.size(), 8) * 8;
        if (padded > SafetensorsFile.MAX_HEADER) {
            throw new IllegalArgumentException(
                    "The header of a shard must have at most %d bytes, not %d.".formatted(
                            SafetensorsFile.MAX_HEADER, padded));
        }
        byte[] header = new byte[Long.BYTES + padded];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(json.toByteArray());
        return header;
    }

    private static void writeEntry(JsonGenerator generator, TensorInfo tensor, long begin)
            throws IOException {
        generator.writeObjectFieldStart(tensor.name());
        generator.writeStringField("dtype", tensor.dtype().name());
        generator.writeArrayFieldStart("shape");
        for (long dimension : tensor.shape()) {
            generator.writeNumber(dimension);
        }
        generator.writeEndArray();
        generator.writeArrayFieldStart("data_offsets");
        generator.writeNumber(begin);
        generator.writeNumber(begin + tensor.byteSize());
        generator.writeEndArray();
        generator.writeEndObject();
    }

    private static Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put("producer", "mendel");
        return metadata;
    }

    List<Shard> shards() {
        return shards;
    }

    /** The place of every tensor, by name. */
    SortedMap<String, Place> places() {
        return places;
    }

    /** Bytes of all files. */
    long sizeBytes() {
        return shards.stream().mapToLong(Shard::sizeBytes).reduce(0, Math::addExact);
    }

    /** Content of {@code model.safetensors.index.json}. */
    byte[] index() {
        var json = new ByteArrayOutputStream();
        try (JsonGenerator generator = new JsonFactory().createGenerator(json)) {
            generator.useDefaultPrettyPrinter();
            generator.writeStartObject();
            generator.writeObjectFieldStart("metadata");
            generator.writeNumberField("total_size",
                    places.values().stream().mapToLong(place -> place.info().byteSize()).sum());
            generator.writeEndObject();
            generator.writeObjectFieldStart("weight_map");
            for (Place place : places.values()) {
                generator.writeStringField(place.info().name(),
                        shards.get(place.shard()).fileName());
            }
            generator.writeEndObject();
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        }
        json.writeBytes("\n".getBytes(StandardCharsets.UTF_8));
        return json.toByteArray();
    }
}
