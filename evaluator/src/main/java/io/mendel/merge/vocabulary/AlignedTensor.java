package io.mendel.merge.vocabulary;

import io.mendel.checkpoint.DerivedTensor;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tensor with a row for each token of the output.
 *
 * <p>
 * Rows are copied as they are where the element types agree; means are summed in fp64 in the order of the models, and
 * rounded once.
 */
final class AlignedTensor implements DerivedTensor {

    private final TensorInfo info;
    private final List<RowSource> rows;
    private final Map<String, TokenTensors> models;
    private final int width;
    private double @Nullable [] padding;

    /**
     * Aligns a tensor.
     *
     * @param original the model's own tensor, or what stands for it
     * @param name the name of the result
     * @param rows where the rows come from
     * @param models the tensors of all models that rows come from
     */
    AlignedTensor(TensorInfo original, String name, List<RowSource> rows,
            Map<String, TokenTensors> models) {
        var shape = new ArrayList<>(original.shape());
        shape.set(0, (long) rows.size());
        this.info = new TensorInfo(name, original.dtype(), shape);
        this.rows = List.copyOf(rows);
        this.models = Map.copyOf(models);
        this.width = Math.toIntExact(
                shape.subList(1, shape.size()).stream().reduce(1L, Math::multiplyExact));
    }

    @Override
    public TensorInfo info() {
        return info;
    }

    @Override
    public String fingerprint() {
        MessageDigest sha = sha256();
        for (RowSource row : rows) {
            switch (row) {
                case RowSource.Zero() -> update(sha, -1);
                case RowSource.Padding() -> update(sha, -2);
                case RowSource.Mean(var places) -> {
                    update(sha, places.size());
                    for (RowSource.Place place : places) {
                        TokenTensors model = model(place);
                        sha.update(model.checkpoint().digest().getBytes(StandardCharsets.UTF_8));
                        sha.update(model.tensor(info.name())
                                .info()
                                .name()
                                .getBytes(StandardCharsets.UTF_8));
                        update(sha, place.row());
                    }
                }
            }
        }
        return "rows " + HexFormat.of().formatHex(sha.digest());
    }

    private static void update(MessageDigest sha, int number) {
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, number));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    @Override
    public void compute(long firstRow, MemorySegment target) {
        long rowBytes = (long) width * info.dtype().bytes();
        for (long i = 0; i * rowBytes < target.byteSize(); i++) {
            write(rows.get(Math.toIntExact(firstRow + i)),
                    target.asSlice(i * rowBytes, rowBytes));
        }
    }

    private void write(RowSource source, MemorySegment target) {
        switch (source) {
            case RowSource.Zero() -> target.fill((byte) 0);
            case RowSource.Padding() -> RowValues.store(padding(), info.dtype(), target);
            case RowSource.Mean(var places) -> {
                Tensor first = tensor(places.getFirst());
                if (places.size() == 1 && first.info().dtype() == info.dtype()) {
                    target.copyFrom(RowValues.row(first, places.getFirst().row()));
                    return;
                }
                double[] sum = new double[width];
                for (RowSource.Place place : places) {
                    Tensor tensor = tensor(place);
                    RowValues.add(RowValues.row(tensor, place.row()), tensor.info().dtype(), sum);
                }
                divide(sum, places.size());
                RowValues.store(sum, info.dtype(), target);
            }
        }
    }

    private Tensor tensor(RowSource.Place place) {
        return model(place).tensor(info.name());
    }

    private TokenTensors model(RowSource.Place place) {
        return Objects.requireNonNull(models.get(place.model()), place.model());
    }

    private static void divide(double[] sum, int count) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= count;
        }
    }

    /** The mean of all rows that have a token, as they are stored. */
    private synchronized double[] padding() {
        double[] known = padding;
        if (known != null) {
            return known;
        }
        double[] sum = new double[width];
        int count = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate((long) width * info.dtype().bytes());
            for (RowSource source : rows) {
                if (!(source instanceof RowSource.Padding)) {
                    write(source, row);
                    RowValues.add(row, info.dtype(), sum);
                    count++;
                }
            }
        }
        divide(sum, Math.max(count, 1));
        padding = sum;
        return sum;
    }
}
