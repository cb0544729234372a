package io.mendel.cli;

import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import java.util.List;

/** The formats candidates are exported in. */
final class Formats {

    private Formats() {}

    static void requireFolder(String format) throws DocumentException {
        if (format.equals("onnx")) {
            throw new DocumentException("--format", "", "this version does not write ONNX models.",
                    "Export as hf, or as recipe.");
        }
        if (!format.equals("hf")) {
            throw new DocumentException("--format", "", "unknown format '" + format + "'.",
                    InvalidInputException.didYouMean(format, List.of("hf", "recipe")));
        }
    }
}
