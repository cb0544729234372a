package io.mendel.merge.cuda;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.merge.Keep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Sums over tensors: a device sums the runs of {@value #RUN} elements, the host adds them in order. */
final class DeviceStatistics {

    private static final int RUN = 4096;
    private static final int PRODUCTS_HEADER = 24;
    private static final int PRODUCTS_BYTES = PRODUCTS_HEADER + 33 * Parameters.ELEMENTS;
    private static final int NORMS_BYTES = 16 + 2 * Parameters.ELEMENTS + Parameters.KEEP;

    private final Lanes lanes;

    DeviceStatistics(Lanes lanes) {
        this.lanes = lanes;
    }

    private static int runs(int count) {
        return (count + RUN - 1) / RUN;
    }

    private static double at(MemorySegment sums, long index) {
        return sums.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
    }

    double @Nullable [][] products(List<Tensor> inputs, boolean deltas) {
        int first = deltas ? 1 : 0;
        int vectors = inputs.size() - first;
        int columns = vectors * (vectors + 1) / 2;
        double[] sums = new double[columns];
        boolean done = lanes.use(lane -> {
            lane.stream(inputs, 0, inputs.getFirst().info().elements(), new Lane.Work() {
                @Override
                public long resultBytes(int count) {
                    return (long) runs(count) * columns * Double.BYTES;
                }

                @Override
                public void run(Slot slot, long[] addresses, long from, int count) {
                    try (Arena arena = Arena.ofConfined()) {
                        var parameters = new Parameters(arena, PRODUCTS_BYTES)
                                .put(0, slot.resultAddress())
                                .put(8, count)
                                .put(12, inputs.size())
                                .put(16, first)
                                .put(20, columns);
                        for (int m = 0; m < addresses.length; m++) {
                            parameters.elements(PRODUCTS_HEADER + (long) m * Parameters.ELEMENTS,
                                    addresses[m], inputs.get(m).info().dtype());
                        }
                        slot.upload();
                        slot.stream()
                                .launch(Kernel.statistic("products"), runs(count) * columns,
                                        parameters.memory());
                    }
                    slot.download(resultBytes(count), runs -> {
                        for (int i = 0; i < columns; i++) {
                            for (int run = 0; run < runs(count); run++) {
                                sums[i] += at(runs, (long) i * runs(count) + run);
                            }
                        }
                    });
                }
            });
            return true;
        });
        return done ? matrix(sums, first, inputs.size()) : null;
    }

    private static double[][] matrix(double[] sums, int first, int size) {
        var matrix = new double[size][size];
        int column = 0;
        for (int i = first; i < size; i++) {
            for (int j = i; j < size; j++) {
                matrix[i][j] = sums[column];
                matrix[j][i] = sums[column++];
            }
        }
        return matrix;
    }

    OptionalDouble norm(Tensor base, Tensor model, Keep keep) {
        double[] sum = {0};
        boolean done = norms(base, model, keep, "norms", 1, (sums, firstRun, runs) -> {
            for (int run = 0; run < runs; run++) {
                sum[0] += at(sums, run);
            }
        });
        return done ? OptionalDouble.of(sum[0]) : OptionalDouble.empty();
    }

    double @Nullable [] keptNorms(Tensor base, Tensor model, Keep keep, boolean largest) {
        int all = Math.toIntExact((base.info().elements() + RUN - 1) / RUN);
        double[] norms = new double[2 * all];
        boolean done = norms(base, model, keep, largest ? "kept_largest" : "kept_squares", 2,
                (sums, firstRun, runs) -> {
                    for (int run = 0; run < runs; run++) {
                        norms[firstRun + run] = at(sums, run);
                        norms[all + firstRun + run] = at(sums, runs + run);
                    }
                });
        return done ? norms : null;
    }

    private interface Runs {
        void add(MemorySegment sums, int firstRun, int runs);
    }

    private boolean norms(Tensor base, Tensor model, Keep keep, String kernel, int columns,
            Runs consumer) {
        DType type = base.info().dtype();
        DType other = model.info().dtype();
        return lanes.use(lane -> {
            lane.stream(List.of(base, model), 0, base.info().elements(), new Lane.Work() {
                @Override
                public long extraBytes(long first, int count) {
                    return Parameters.room(keep, first, count);
                }

                @Override
                public long resultBytes(int count) {
                    return (long) columns * runs(count) * Double.BYTES;
                }

                @Override
                public void run(Slot slot, long[] addresses, long first, int count) {
                    try (Arena arena = Arena.ofConfined()) {
                        var parameters = new Parameters(arena, NORMS_BYTES)
                                .put(0, slot.resultAddress())
                                .put(8, count)
                                .elements(16, addresses[0], type)
                                .elements(32, addresses[1], other)
                                .keep(48, keep, first, count, slot);
                        slot.upload();
                        slot.stream()
                                .launch(Kernel.statistic(kernel), runs(count), parameters.memory());
                    }
                    slot.download(resultBytes(count),
                            sums -> consumer.add(sums, (int) (first / RUN), runs(count)));
                }
            });
            return true;
        });
    }
}
