package io.mendel.merge.vocabulary;

import java.util.List;

/** Where a row of an aligned embedding comes from. */
sealed interface RowSource {

    /**
     * A row of a model's own embedding.
     *
     * @param model the model's name
     * @param row the index of the row
     */
    record Place(String model, int row) {}

    /**
     * The mean of rows; of one row, that row itself.
     *
     * @param places at least one row
     */
    record Mean(List<Place> places) implements RowSource {
        public Mean {
            places = List.copyOf(places);
            if (places.isEmpty()) {
                throw new IllegalArgumentException("A mean needs at least one row.");
            }
        }

        static Mean of(Place place) {
            return new Mean(List.of(place));
        }
    }

    /** Zeros. */
    record Zero() implements RowSource {}

    /** No token: the mean of all rows that have one. */
    record Padding() implements RowSource {}
}
