package io.mendel.merge;

import io.mendel.merge.PlannedSlice.Participant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans the tensors of one path of slices: of a model, or of a module. */
final class PathPlanner {

    private final List<PlannedSlice> slices;
    private final ParentLayout donor;
    private final TensorPlanner planner;
    private final SortedMap<String, TensorMerge> tensors;
    private final @Nullable ScaleFold fold;

    /**
     * A planner of a path.
     *
     * @param slices the path
     * @param donor the layout whose names the output uses
     * @param planner plans each tensor
     * @param tensors receives the plans
     * @param fold the scales of the path; null if there are none
     */
    PathPlanner(List<PlannedSlice> slices, ParentLayout donor, TensorPlanner planner,
            SortedMap<String, TensorMerge> tensors, @Nullable ScaleFold fold) {
        this.slices = slices;
        this.donor = donor;
        this.planner = planner;
        this.tensors = tensors;
        this.fold = fold;
    }

    /** Plans the layers and what is around them; returns the donor's layer that each output layer corresponds to. */
    List<Integer> planBody() throws MergeException {
        var donorLayers = new ArrayList<Integer>();
        for (PlannedSlice slice : slices) {
            for (int i = 0; i < slice.size(); i++) {
                planLayer(slice, i, donorLayers.size());
                donorLayers.add(donorLayer(slice) + i);
            }
        }
        planOutside(slices.getFirst(), true);
        planOutside(slices.getLast(), false);
        return donorLayers;
    }

    private int donorLayer(PlannedSlice slice) {
        return slice.participants()
                .stream()
                .filter(p -> p.layout() == donor)
                .findFirst()
                .orElse(slice.participants().getFirst())
                .start();
    }

    private void planLayer(PlannedSlice slice, int index, int outputLayer) throws MergeException {
        double depth = ParentLayout.depth(index, slice.size());
        ParentLayout names = donor.layerCount() > 0 ? donor : slice.reference().layout();
        SortedSet<String> rests = new TreeSet<>();
        slice.participants().forEach(p -> rests.addAll(p.layout().layer(p.start() + index)));
        if (fold != null) {
            fold.requireOutputs(outputLayer, rests);
        }
        for (String rest : rests) {
            TensorMerge merge = planner.plan(names.name(outputLayer, rest), slice, depth,
                    participant -> participant.input(index, rest));
            put(merge == null || fold == null ? merge : fold.apply(merge, outputLayer, rest));
        }
    }

    private void planOutside(PlannedSlice slice, boolean before) throws MergeException {
        SortedSet<String> names = new TreeSet<>();
        slice.participants().forEach(p -> names.addAll(p.layout().outside()));
        for (String name : names) {
            if (ParentLayout.isBeforeLayers(name) == before && !ParentLayout.isHead(name)) {
                double depth = slice.reference().layout().depthOutside(name);
                put(planner.plan(name, slice, depth, participant -> participant.input(name)));
            }
        }
    }

    /** Plans the head if any model has its own; returns whether the output ties its head to the embedding. */
    boolean planHead() throws MergeException {
        PlannedSlice slice = slices.getLast();
        boolean allTied = slice.participants().stream().allMatch(p -> p.layout().tied());
        boolean anyHead = slice.participants()
                .stream()
                .anyMatch(p -> p.layout().info(ParentLayout.HEAD) != null);
        if (allTied || !anyHead) {
            return allTied;
        }
        put(planner.plan(ParentLayout.HEAD, slice, 0, PathPlanner::head));
        return false;
    }

    private static TensorInput head(Participant participant) {
        ParentLayout layout = participant.layout();
        String embedding = layout.embedding();
        return participant.input(layout.tied() && embedding != null
                ? embedding
                : ParentLayout.HEAD);
    }

    private void put(@Nullable TensorMerge merge) {
        if (merge != null) {
            tensors.put(merge.output().name(), merge);
        }
    }
}
