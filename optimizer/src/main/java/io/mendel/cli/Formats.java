package io.mendel.cli;

import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import java.util.List;

/** The formats candidates are exported in. */
final class Formats {

    private Formats() {}

    /** Whether a model is written as an ONNX model, rather than as a Hugging Face folder. */
    static boolean isOnnx(String format, List<String> formats) throws DocumentException {
        if (!formats.contains(format)) {
            throw new DocumentException("--format", "", "unknown format '" + format + "'.",
                    InvalidInputException.didYouMean(format, formats));
        }
        return format.equals("onnx");
    }
}
