package io.mendel.graph;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.graph.DecoderConfig.Rope;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the rotary embedding and computes its frequencies, in the precision in which transformers 5.18.0 does.
 *
 * <p>
 * Frequencies are fp32 throughout, since transformers stores and uses them so: a fp64 value would move the angle at
 * position 10⁵ by about 10⁻³. Bounds of the YaRN ramp and the attention factor are fp64, as Python's floats.
 *
 * <ul>
 * <li>RoPE: Su et al., <i>RoFormer</i>, 2021, <a href="https://arxiv.org/abs/2104.09864">arXiv:2104.09864</a>
 * <li>linear: Chen et al., <i>Extending Context Window … via Position Interpolation</i>, 2023,
 * <a href="https://arxiv.org/abs/2306.15595">arXiv:2306.15595</a>
 * <li>yarn: Peng et al., <i>YaRN: Efficient Context Window Extension</i>, 2023,
 * <a href="https://arxiv.org/abs/2309.00071">arXiv:2309.00071</a>
 * <li>llama3: Grattafiori et al., <i>The Llama 3 Herd of Models</i>, 2024,
 * <a href="https://arxiv.org/abs/2407.21783">arXiv:2407.21783</a>
 * </ul>
 */
final class RopeReader {

    private static final String SUPPORTED = "Supported are default, linear, dynamic, llama3 and yarn.";

    private final ConfigFields fields;
    private final int dim;
    private final double theta;
    private final int maxPositions;
    private final double originalPositions;

    private RopeReader(ConfigFields fields, int dim, double theta, int maxPositions,
            double originalPositions) {
        this.fields = fields;
        this.dim = dim;
        this.theta = theta;
        this.maxPositions = maxPositions;
        this.originalPositions = originalPositions;
    }

    static Rope read(ConfigFields config, int headDim, int maxPositions, double defaultTheta)
            throws CheckpointException {
        ConfigFields scaling = config.fields("rope_scaling");
        if (scaling == null || scaling.object().isEmpty()) {
            scaling = config.fields("rope_parameters");
        }
        ConfigFields fields = scaling == null ? config.none("rope_parameters") : scaling;
        for (String nested : List.of("full_attention", "sliding_attention")) {
            if (fields.has(nested)) {
                throw fields.unsupported(
                        nested + " sets a rotary embedding of its own for some layers.",
                        "All layers must share one rotary embedding.");
            }
        }
        for (ConfigFields place : List.of(config, fields)) {
            if (place.positive("partial_rotary_factor", 1) != 1) {
                throw place.unsupported("partial_rotary_factor is not 1.",
                        "Only full rotation is supported.");
            }
        }
        double theta = fields.positive("rope_theta", config.positive("rope_theta", defaultTheta));
        String original = "original_max_position_embeddings";
        double originalPositions = config.positive(original,
                fields.positive(original, maxPositions));
        return new RopeReader(fields, headDim, theta, maxPositions, originalPositions)
                .read(type(fields));
    }

    private static String type(ConfigFields fields) throws CheckpointException {
        String type = fields.text("rope_type");
        String old = fields.text("type");
        if (type != null && old != null && !type.equals(old)) {
            throw fields.invalid("rope_type ('" + type + "') contradicts type ('" + old + "').");
        }
        return type != null ? type : old != null ? old : "default";
    }

    private Rope read(String type) throws CheckpointException {
        Rope rope = switch (type) {
            case "default" -> new Rope(widen(frequencies(theta)), 1);
            case "linear" -> new Rope(widen(linear()), 1);
            case "dynamic" -> new Rope(widen(dynamic()), 1);
            case "llama3" -> new Rope(widen(llama3()), 1);
            case "yarn" -> yarn();
            default -> throw fields.unsupported("rope_type is '" + type + "'.", SUPPORTED);
        };
        if (!rope.inverseFrequencies().stream().allMatch(Double::isFinite)) {
            throw fields
                    .invalid("rope_theta and the factors give frequencies that are not finite.");
        }
        return rope;
    }

    /** {@code θ^(2i/dim)}. */
    private float[] wavelengths(double theta) {
        float[] result = new float[dim / 2];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) Math.pow((float) theta, 2f * i / dim);
        }
        return result;
    }

    /** {@code θ^(-2i/dim)}. */
    private float[] frequencies(double theta) {
        float[] result = wavelengths(theta);
        for (int i = 0; i < result.length; i++) {
            result[i] = 1 / result[i];
        }
        return result;
    }

    private float[] linear() throws CheckpointException {
        float factor = (float) fields.positive("factor");
        float[] result = frequencies(theta);
        for (int i = 0; i < result.length; i++) {
            result[i] /= factor;
        }
        return result;
    }

    /** Up to {@code max_position_embeddings} tokens, which is all that is supported, NTK scaling changes nothing. */
    private float[] dynamic() throws CheckpointException {
        double factor = fields.positive("factor");
        if (dim == 2) {
            throw fields.unsupported("rope_type is 'dynamic', but heads have only 2 elements.",
                    SUPPORTED);
        }
        double growth = factor * maxPositions / maxPositions - (factor - 1);
        return frequencies(theta * Math.pow(growth, dim / (dim - 2.0)));
    }

    /** Leaves short wavelengths, divides long ones by the factor, and blends in between. */
    private float[] llama3() throws CheckpointException {
        float factor = (float) fields.positive("factor");
        double low = fields.positive("low_freq_factor");
        double high = fields.positive("high_freq_factor");
        if (high <= low) {
            throw fields.invalid("high_freq_factor (%s) must be above low_freq_factor (%s)."
                    .formatted(high, low));
        }
        float longest = (float) (originalPositions / low);
        float shortest = (float) (originalPositions / high);
        float[] result = frequencies(theta);
        for (int i = 0; i < result.length; i++) {
            float wavelength = 1 / result[i] * (float) (2 * Math.PI);
            if (wavelength > longest) {
                result[i] /= factor;
            } else if (wavelength >= shortest) {
                float smooth = (1 / wavelength * (float) originalPositions - (float) low)
                        / (float) (high - low);
                result[i] = (1 - smooth) * result[i] / factor + smooth * result[i];
            }
        }
        return result;
    }

    private Rope yarn() throws CheckpointException {
        if (theta <= 1) {
            throw fields
                    .invalid("rope_theta must be above 1 for rope_type 'yarn', not " + theta + ".");
        }
        double factor = fields.isNull("factor")
                ? maxPositions / originalPositions
                : fields.positive("factor");
        double from = correctionDim(orDefault("beta_fast", 32));
        double to = correctionDim(orDefault("beta_slow", 1));
        if (fields.flag("truncate", true)) {
            from = Math.floor(from);
            to = Math.ceil(to);
        }
        from = Math.max(from, 0);
        to = Math.min(to, dim - 1);
        if (from == to) {
            to += 0.001;
        }
        float[] wavelengths = wavelengths(theta);
        List<Double> result = new ArrayList<>();
        for (int i = 0; i < wavelengths.length; i++) {
            float ramp = Math.clamp((i - (float) from) / (float) (to - from), 0f, 1f);
            float extrapolated = 1 - ramp;
            float interpolation = 1 / ((float) factor * wavelengths[i]);
            result.add((double) (interpolation * (1 - extrapolated)
                    + 1 / wavelengths[i] * extrapolated));
        }
        return new Rope(result, attentionFactor(factor));
    }

    /** The (fractional) pair that turns this often within the original context. */
    private double correctionDim(double rotations) {
        return dim * Math.log(originalPositions / (rotations * 2 * Math.PI))
                / (2 * Math.log(theta));
    }

    private double attentionFactor(double factor) throws CheckpointException {
        if (fields.has("attention_factor")) {
            return fields.positive("attention_factor");
        }
        double mscale = orDefault("mscale", 0);
        double mscaleAllDim = orDefault("mscale_all_dim", 0);
        return mscale != 0 && mscaleAllDim != 0
                ? magnitude(factor, mscale) / magnitude(factor, mscaleAllDim)
                : magnitude(factor, 1);
    }

    private static double magnitude(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    /** A number above 0; absent, null and 0 mean the default. */
    private double orDefault(String field, double defaultValue) throws CheckpointException {
        boolean zero = fields.object().path(field).isNumber()
                && fields.object().path(field).doubleValue() == 0;
        return zero ? defaultValue : fields.positive(field, defaultValue);
    }

    private static List<Double> widen(float[] values) {
        List<Double> result = new ArrayList<>();
        for (float value : values) {
            result.add((double) value);
        }
        return result;
    }
}
