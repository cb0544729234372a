package io.mendel.merge;

import io.mendel.space.MergeMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The arithmetic of {@link io.mendel.space.ResearchMethods}. */
final class ResearchArithmetic {

    private ResearchArithmetic() {}

    static MethodArithmetic of(MergeMethod method) {
        return switch (method.name()) {
            case "consensus" -> parameters -> new MergeOperation.Blocks(
                    new ConsensusMask(of("weight", parameters), of("mask_lambda", parameters),
                            (int) parameters.global("k"), parameters.global("lambda")));
            case "pcb" -> ResearchArithmetic::competition;
            case "masked_soup" -> ResearchArithmetic::maskedSoup;
            case "pipeline" -> ResearchArithmetic::pipeline;
            case "opcm" -> parameters -> new MergeOperation.Global(
                    new OrthogonalProjection(new OrthogonalProjection.Settings(
                            parameters.global("alpha"), parameters.global("lambda"),
                            (int) parameters.global("merged_count"),
                            parameters.global("merged_scale"),
                            parameters.flag("embeddings"))));
            case "twin" -> parameters -> new MergeOperation.Blocks(
                    new TwinMerge(of("weight", parameters), of("gate", parameters),
                            parameters.global("lambda"), parameters.global("rank_fraction"),
                            (int) parameters.global("rank"), parameters.flag("embeddings")));
            default -> throw new IllegalArgumentException(
                    "No arithmetic is known for " + method.name() + ".");
        };
    }

    private static MergeOperation competition(ResolvedParameters parameters)
            throws MergeException {
        var competition = new ParameterCompetition.Competition(isGlobal(parameters),
                ParameterCompetition.Variant.valueOf(upper("variant", parameters)),
                parameters.global("ratio"), parameters.global("clip"));
        return new MergeOperation.Global(new ParameterCompetition(competition,
                of("weight", parameters), parameters.global("lambda")));
    }

    private static MergeOperation maskedSoup(ResolvedParameters parameters)
            throws MergeException {
        var mask = new MaskedSoup.Mask(isGlobal(parameters),
                parameters.word("mask").equals("intersection"), phaseDensity(parameters));
        return new MergeOperation.Global(
                new MaskedSoup(mask, Weights.of(parameters, true)));
    }

    /** {@code 1 − sₚ = (1 − s)^(p/P)}: each phase of a schedule drops the same share of what the one before has left. */
    private static double phaseDensity(ResolvedParameters parameters) throws MergeException {
        double phase = parameters.global("phase");
        double phases = parameters.global("phases");
        if (phase > phases) {
            throw new MergeException(MergeException.Kind.PARAMETER,
                    "The phase (%s) must be one of the phases, 1 to %s.".formatted(phase, phases),
                    "Write both, as in 'phase: 2, phases: 5'.");
        }
        return StrictMath.pow(parameters.global("density"), phase / phases);
    }

    private static MergeOperation pipeline(ResolvedParameters parameters) throws MergeException {
        var stages = new DeltaPipeline.Stages(isGlobal(parameters),
                DeltaPipeline.Sparsify.valueOf(upper("sparsify", parameters)),
                Rescale.valueOf(upper("rescale_rule", parameters)),
                DeltaPipeline.Vote.valueOf(upper("consensus", parameters)),
                DeltaPipeline.Aggregate.valueOf(upper("aggregate", parameters)),
                parameters.recipe().seed());
        return new MergeOperation.Global(new DeltaPipeline(stages, of("density", parameters),
                of("gamma", parameters), of("weight", parameters), parameters.global("lambda")));
    }

    private static String upper(String choice, ResolvedParameters parameters)
            throws MergeException {
        return parameters.word(choice).toUpperCase(Locale.ROOT);
    }

    private static boolean isGlobal(ResolvedParameters parameters) throws MergeException {
        return parameters.word("scope").equals("global");
    }

    /** A parameter of each model. */
    static List<Double> of(String name, ResolvedParameters parameters) throws MergeException {
        List<Double> values = new ArrayList<>();
        for (TensorInput parent : parameters.parents()) {
            values.add(parameters.of(parent, name));
        }
        return values;
    }
}
