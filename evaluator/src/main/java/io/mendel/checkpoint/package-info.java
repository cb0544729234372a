/** Checkpoints on disk: safetensors, Hugging Face folders, adapters. */
@NullMarked
package io.mendel.checkpoint;

import org.jspecify.annotations.NullMarked;
