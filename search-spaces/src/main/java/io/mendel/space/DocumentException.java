package io.mendel.space;

/**
 * A recipe or campaign document cannot be read or makes no sense.
 *
 * @since 0.1
 */
public final class DocumentException extends InvalidInputException {

    private static final long serialVersionUID = 1;

    /**
     * A wrong document.
     *
     * @param origin the file or place the document comes from
     * @param place the key path inside it, or empty
     * @param problem what was required and what was found
     * @param remedy what to do about it
     */
    public DocumentException(String origin, String place, String problem, String remedy) {
        super(origin + (place.isEmpty() ? "" : ", at " + place) + ": " + problem + " " + remedy);
    }
}
