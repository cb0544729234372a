package io.mendel.merge;

import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Adds up weighted blocks from left to right; up to four at a time in registers.
 *
 * <p>
 * Here and in the other vector classes, loops call nothing but the Vector API: a method of our own that was compiled on
 * its own before is not inlined any more, and then every vector that it returns is allocated.
 */
final class VectorSum {

    private VectorSum() {}

    static void of(VectorInput[] inputs, float[] coefficients, float[] sum, int length) {
        int next = switch (inputs.length) {
            case 1 -> {
                first(inputs[0].values(), coefficients[0], sum, length);
                yield 1;
            }
            case 2 -> {
                two(inputs[0].values(), inputs[1].values(), coefficients[0], coefficients[1], sum,
                        length);
                yield 2;
            }
            case 3 -> {
                three(inputs[0].values(), inputs[1].values(), inputs[2].values(), coefficients,
                        sum, length);
                yield 3;
            }
            default -> {
                four(inputs[0].values(), inputs[1].values(), inputs[2].values(),
                        inputs[3].values(), coefficients, sum, length);
                yield 4;
            }
        };
        for (int m = next; m < inputs.length; m++) {
            add(inputs[m].values(), coefficients[m], sum, length);
        }
    }

    private static void first(float[] a, float factor, float[] sum, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, a, i).mul(factor).intoArray(sum, i);
        }
    }

    private static void two(float[] a, float[] b, float factorA, float factorB, float[] sum,
            int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, a, i)
                    .mul(factorA)
                    .add(FloatVector.fromArray(FLOATS, b, i).mul(factorB))
                    .intoArray(sum, i);
        }
    }

    private static void three(float[] a, float[] b, float[] c, float[] factors, float[] sum,
            int length) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, a, i)
                    .mul(factorA)
                    .add(FloatVector.fromArray(FLOATS, b, i).mul(factorB))
                    .add(FloatVector.fromArray(FLOATS, c, i).mul(factorC))
                    .intoArray(sum, i);
        }
    }

    private static void four(float[] a, float[] b, float[] c, float[] d, float[] factors,
            float[] sum, int length) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        float factorD = factors[3];
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, a, i)
                    .mul(factorA)
                    .add(FloatVector.fromArray(FLOATS, b, i).mul(factorB))
                    .add(FloatVector.fromArray(FLOATS, c, i).mul(factorC))
                    .add(FloatVector.fromArray(FLOATS, d, i).mul(factorD))
                    .intoArray(sum, i);
        }
    }

    private static void add(float[] row, float factor, float[] sum, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, sum, i)
                    .add(FloatVector.fromArray(FLOATS, row, i).mul(factor))
                    .intoArray(sum, i);
        }
    }
}
