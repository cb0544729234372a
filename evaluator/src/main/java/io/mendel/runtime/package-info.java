/** ONNX Runtime through DJL: sessions, tokenizer, layer-major path execution. */
@NullMarked
package io.mendel.runtime;

import org.jspecify.annotations.NullMarked;
