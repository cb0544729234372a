package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * Content digest of a set of tensors.
 *
 * <p>
 * SHA-256 over, for each tensor in the given order: its name (length in bytes, UTF-8), its element type (likewise), its
 * rank and dimensions, and the SHA-256 of its data. Integers are 8 bytes, big endian. Two levels, so that tensors are
 * hashed in parallel.
 */
final class TensorDigest {

    private static final long CHUNK = 1 << 17;

    private TensorDigest() {}

    static String of(Collection<Tensor> tensors) {
        List<byte[]> contents = tensors.parallelStream()
                .map(tensor -> content(tensor.data()))
                .toList();
        var next = contents.iterator();
        return of(tensors.stream().map(Tensor::info).toList(), info -> next.next());
    }

    /**
     * The digest of tensors whose content is known by its digest.
     *
     * @param content gives the SHA-256 of a tensor's data; asked in order
     */
    static String of(List<TensorInfo> tensors, Function<TensorInfo, byte[]> content) {
        MessageDigest all = sha256();
        for (TensorInfo info : tensors) {
            update(all, info.name());
            update(all, info.dtype().name());
            update(all, info.shape().size());
            info.shape().forEach(dimension -> update(all, dimension));
            all.update(content.apply(info));
        }
        return HexFormat.of().formatHex(all.digest());
    }

    private static byte[] content(MemorySegment data) {
        MessageDigest digest = sha256();
        add(digest, data);
        return digest.digest();
    }

    /** Adds data to the digest of a tensor's content. */
    static void add(MessageDigest digest, MemorySegment data) {
        // Digests read arrays many blocks at a time, other memory only a few.
        byte[] bytes = new byte[(int) Math.min(CHUNK, data.byteSize())];
        for (long begin = 0; begin < data.byteSize(); begin += CHUNK) {
            int length = (int) Math.min(CHUNK, data.byteSize() - begin);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, begin, bytes, 0, length);
            digest.update(bytes, 0, length);
        }
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        update(digest, bytes.length);
        digest.update(bytes);
    }

    private static void update(MessageDigest digest, long number) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
    }

    /** A digest for the content of one tensor. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform must have SHA-256.", e);
        }
    }
}
