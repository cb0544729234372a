package io.mendel.campaign;

import io.mendel.results.Arrival;
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
        return of(space, List.of());
    }

    /**
     * The seeds of a space.
     *
     * @param imported recipes from elsewhere, of which those that lie in this space or near it are seeds too
     */
    static Seeds of(SearchSpace space, List<Arrival> imported) {
        var vectors = new ArrayList<double[]>();
        var origins = new HashMap<String, String>();
        for (SearchSpace.Seed seed : space.seeds()) {
            vectors.add(seed.vector());
            origins.putIfAbsent(space.decode(seed.vector()).digest(), seed.name());
        }
        for (Arrival arrival : imported) {
            double[] nearest = Guest.nearest(Guest.recipe(arrival), space);
            if (nearest != null) {
                vectors.add(nearest);
                origins.putIfAbsent(space.decode(nearest).digest(), arrival.origin());
            }
        }
        return new Seeds(space.centre(), vectors, origins);
    }
}
