/**
 * One vocabulary for models that have different ones: reads their tokenizers, makes the output's, and rearranges the
 * rows of embeddings and heads before they are merged.
 *
 * <p>
 * {@link io.mendel.merge.vocabulary.AlignedModels} is the way in. A tokenizer is read from {@code tokenizer.json}, the
 * format of the tokenizers library; SentencePiece files are not read.
 */
@NullMarked
package io.mendel.merge.vocabulary;

import org.jspecify.annotations.NullMarked;
