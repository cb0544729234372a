package io.mendel.benchmark;

import java.util.List;

/**
 * A document turned into requests.
 *
 * @param docId index of the document in its split
 * @param requests what the model is asked
 * @param choices the bare choices of a multiple-choice task, else empty
 * @param gold indices of the right choices; empty if the label is out of range, which is never right
 * @param targets the right texts of other tasks; one of them suffices
 */
record Item(int docId, List<Request> requests, List<String> choices, List<Integer> gold,
        List<String> targets) {

    Item {
        requests = List.copyOf(requests);
        choices = List.copyOf(choices);
        gold = List.copyOf(gold);
        targets = List.copyOf(targets);
    }
}
