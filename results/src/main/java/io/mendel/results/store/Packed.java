package io.mendel.results.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Arrays of numbers as little-endian bytes; every double keeps its bits. */
final class Packed {
    private Packed() {}

    static byte[] doubles(double[] values) {
        var buffer = ByteBuffer.allocate(values.length * Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.asDoubleBuffer().put(values);
        return buffer.array();
    }

    static byte[] doubles(List<Double> values) {
        return doubles(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static byte[] ints(int[] values) {
        var buffer = ByteBuffer.allocate(values.length * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        return buffer.array();
    }

    static double[] doubles(byte[] bytes) {
        checkLength(bytes, Double.BYTES);
        var values = new double[bytes.length / Double.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
        return values;
    }

    static List<Double> doubleList(byte[] bytes) {
        var list = new ArrayList<Double>();
        for (double value : doubles(bytes)) {
            list.add(value);
        }
        return list;
    }

    static int[] ints(byte[] bytes) {
        checkLength(bytes, Integer.BYTES);
        var values = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
        return values;
    }

    private static void checkLength(byte[] bytes, int width) {
        if (bytes.length % width != 0) {
            throw new IllegalArgumentException(
                    "A blob of " + bytes.length + " bytes holds no numbers of " + width + ".");
        }
    }
}
