package io.mendel.campaign;

import io.mendel.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The vectors a search starts from.
 *
 * @param centre what the first generation lies around
 * @param vectors all seeds of the space
 * @param origins recipe digests of the seeds to what they are
 */
record Seeds(double[] centre, List<double[]> vectors, Map<String, String> origins) {

    static Seeds of(SearchSpace space) {
        var vectors = new ArrayList<double[]>();
        var origins = new HashMap<String, String>();
        for (SearchSpace.Seed seed : space.seeds()) {
            vectors.add(seed.vector());
            origins.putIfAbsent(space.decode(seed.vector()).digest(), seed.name());
        }
        return new Seeds(space.centre(), vectors, origins);
    }
}
