package io.mendel.merge;

/**
 * A parent's tensor that goes into a merge.
 *
 * @param model the model's name in the recipe
 * @param tensor the tensor's name in that model
 * @since 0.1
 */
public record TensorInput(String model, String tensor) {}
