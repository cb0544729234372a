package io.mendel.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a document as token ids.
 *
 * @param likelihoods for each request its windows; empty for generation
 * @param prompt the prompt of a generation, else empty
 * @param unfit why the document cannot be encoded; null if it can
 */
@SuppressWarnings("ArrayRecordComponent")
record EncodedItem(Item item, List<List<RequestEncoder.Scored>> likelihoods, int[] prompt,
        RequestEncoder.@Nullable UnfitException unfit) {

    /**
     * Encodes a document.
     *
     * @param maxNewTokens room for what is generated
     */
    static EncodedItem of(Item item, RequestEncoder encoder, int maxNewTokens) {
        var likelihoods = new ArrayList<List<RequestEncoder.Scored>>();
        int[] prompt = {};
        // The choices of a question share its context.
        var contexts = new HashMap<String, int[]>();
        try {
            for (Request request : item.requests()) {
                switch (request) {
                    case Request.Continuation continuation ->
                        likelihoods.add(List.of(encoder.encode(continuation, contexts)));
                    case Request.Rolling rolling -> likelihoods.add(encoder.encode(rolling));
                    case Request.Generation generation ->
                        prompt = encoder.encode(generation, maxNewTokens);
                }
            }
            return new EncodedItem(item, likelihoods, prompt, null);
        } catch (RequestEncoder.UnfitException e) {
            return new EncodedItem(item, List.of(), new int[0], e);
        }
    }
}
