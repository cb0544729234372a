/** Architectures as ONNX blocks whose weights are inputs. */
@NullMarked
package io.mendel.graph;

import org.jspecify.annotations.NullMarked;
