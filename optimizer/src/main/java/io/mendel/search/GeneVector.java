package io.mendel.search;

import java.util.Arrays;

/** Genes that are equal if all their numbers are. */
@SuppressWarnings("ArrayRecordComponent") // equality is that of the content
record GeneVector(double[] genes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof GeneVector that && Arrays.equals(genes, that.genes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(genes);
    }
}
