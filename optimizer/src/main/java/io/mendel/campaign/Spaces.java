package io.mendel.campaign;

import io.mendel.campaign.CampaignSpec.SpaceType;
import io.mendel.space.DataFlowSettings;
import io.mendel.space.DataFlowSettings.Merge;
import io.mendel.space.DataFlowSettings.Model;
import io.mendel.space.DataFlowSpace;
import io.mendel.space.LayersAndNames;
import io.mendel.space.ParameterSpace;
import io.mendel.space.ParameterSpaceSettings;
import io.mendel.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the spaces of a campaign, now that its models are known. */
final class Spaces {

    private final CampaignSpec spec;
    private final ParentModels parents;

    Spaces(CampaignSpec spec, ParentModels parents) {
        this.spec = spec;
        this.parents = parents;
    }

    /** The spaces of all stages; that of the second is there before anyone knows its first model. */
    List<SearchSpace> all() throws CampaignException {
        return spec.space().type() == SpaceType.STAGED
                ? List.of(first(), second("winner"))
                : List.of(first());
    }

    /** The space of the only stage, or of the first one. */
    SearchSpace first() throws CampaignException {
        return checked(() -> switch (spec.space().type()) {
            case PARAMETER, STAGED -> parameters();
            case DATA_FLOW -> paths(models(), null);
            case JOINT -> paths(models(), merge());
        });
    }

    /**
     * The paths through the layers of the best merged model, which is called the winner, and of the parents.
     *
     * @param winner the model's name in recipes
     */
    SearchSpace second(String winner) throws CampaignException {
        return checked(() -> {
            var models = new ArrayList<Model>();
            models.add(new Model(winner, "winner", parents.config().layers()));
            models.addAll(models());
            return paths(models, null);
        });
    }

    private static SearchSpace checked(Supplier<SearchSpace> space) throws CampaignException {
        try {
            return space.get();
        } catch (IllegalArgumentException e) {
            throw new CampaignException("space", String.valueOf(e.getMessage()),
                    "Correct the space of the campaign.");
        }
    }

    private SearchSpace parameters() {
        CampaignSpec.Space wanted = spec.space();
        int layers = parents.config().layers();
        var groups = wanted.ranges().isEmpty()
                ? ParameterSpaceSettings.equalGroups(layers, wanted.layerGroups())
                : wanted.ranges();
        return new ParameterSpace(
                new ParameterSpaceSettings(spec.models().base(), spec.models().parents(),
                        wanted.methods(), new LayersAndNames(layers, parents.outerTensors()),
                        groups, wanted.filters(),
                        wanted.weight(), wanted.density(), spec.search().settings().seed(),
                        wanted.options(), wanted.geneRanges(), wanted.curvePoints()));
    }

    private List<Model> models() {
        return spec.models()
                .parents()
                .stream()
                .map(name -> new Model(name, ParameterSpace.label(name), parents.layers(name)))
                .toList();
    }

    private Merge merge() {
        CampaignSpec.Space wanted = spec.space();
        return new Merge(wanted.methods().getFirst(), spec.models().base(), wanted.weight(),
                wanted.density(), parents.outerTensors(), spec.search().settings().seed());
    }

    private SearchSpace paths(List<Model> models, @Nullable Merge merge) {
        var flow = Objects.requireNonNull(spec.space().dataFlow(), "data_flow");
        int own = models.getFirst().layers();
        int longest = flow.maxLayers() == 0
                ? Math.max(2 * own, flow.minLayers())
                : flow.maxLayers();
        int shortest = flow.fixedEnds() ? Math.min(2, own) : 1;
        return new DataFlowSpace(new DataFlowSettings(models, flow.encoding(), flow.repeats(),
                Math.max(shortest, flow.minLayers()), longest, flow.scale(), flow.fixedEnds(),
                spec.search().settings().startSigma(), merge));
    }

    /** Whether the models of a campaign may differ in depth. */
    static ParentModels.Fit fit(CampaignSpec spec) {
        return spec.space().type() == SpaceType.DATA_FLOW
                ? ParentModels.Fit.ANY_DEPTH
                : ParentModels.Fit.SAME_DEPTH;
    }
}
