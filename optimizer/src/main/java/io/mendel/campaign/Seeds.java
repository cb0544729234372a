package io.mendel.campaign;

import io.mendel.results.Arrival;
import io.mendel.space.ParameterSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The vectors a search starts from: the uniform merge, each parent alone, and the sums of all parents at common weights.
 *
 * @param centre the middle of the space, a uniform merge with every weight and density in the middle of its range; the
 *            first generation lies around it
 * @param vectors all seeds, the uniform merge first
 * @param origins recipe digests of the seeds to what they are
 */
record Seeds(double[] centre, List<double[]> vectors, Map<String, String> origins) {

    /**
     * The seeds of a space.
     *
     * @param imported recipes from elsewhere that lie in this space or near it
     */
    static Seeds of(ParameterSpace space, List<String> parents, List<Arrival> imported) {
        int count = parents.size();
        var names = new ArrayList<String>();
        var vectors = new ArrayList<double[]>();
        double[] uniform = space.flat(filled(count, 1.0 / count), 1, null);
        names.add("uniform");
        vectors.add(uniform);
        for (int i = 0; i < count; i++) {
            double[] alone = new double[count];
            alone[i] = 1;
            names.add("parent:" + ParameterSpace.label(parents.get(i)));
            vectors.add(space.flat(alone, 1, null));
        }
        for (double weight : new double[]{0.5, 0.75, 1}) {
            names.add("all at " + weight);
            vectors.add(space.flat(filled(count, weight), 1, null));
        }
        names.add("all at 1, half of the delta");
        vectors.add(space.flat(filled(count, 1), 0.5, null));
        for (Arrival arrival : imported) {
            double[] nearest = space.nearest(Guest.recipe(arrival));
            if (nearest != null) {
                names.add(arrival.origin());
                vectors.add(nearest);
            }
        }
        var origins = new HashMap<String, String>();
        var snapped = vectors.stream().map(space::snap).toList();
        for (int i = 0; i < snapped.size(); i++) {
            origins.putIfAbsent(space.decode(snapped.get(i)).digest(), names.get(i));
        }
        return new Seeds(space.snap(filled(space.genes().size(), 0.5)), snapped, origins);
    }

    private static double[] filled(int length, double value) {
        double[] array = new double[length];
        Arrays.fill(array, value);
        return array;
    }
}
