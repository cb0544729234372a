package io.mendel.runtime;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.onnxruntime.engine.OrtNDManager;
import ai.djl.onnxruntime.engine.OrtSymbolBlock;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;

/**
 * A compiled block graph. Thread-safe: any number of threads may run it at once.
 *
 * <p>
 * ONNX Runtime computes each call on the calling thread alone. The callers work on different batches instead, which
 * keeps results independent of the number of threads and spares small operators the cost of splitting.
 */
final class BlockSession implements AutoCloseable {

    private static final ParameterStore NO_PARAMETERS = new ParameterStore();

    private final String name;
    private final OrtNDManager manager;
    private final OrtSymbolBlock block;

    BlockSession(String name, byte[] graph) {
        this.name = name;
        manager = OnnxEngine.newManager();
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            // Errors reach the caller as exceptions.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            block = new OrtSymbolBlock(
                    OrtEnvironment.getEnvironment().createSession(graph, options), manager);
        } catch (OrtException e) {
            manager.close();
            throw new IllegalStateException(
                    "ONNX Runtime did not accept the graph of the " + name + ".", e);
        }
    }

    /**
     * Runs the block.
     *
     * @param inputs all inputs, by name; the first one's manager will own the results
     * @return all outputs, by name
     */
    NDList run(NDList inputs) throws InferenceException {
        try {
            return block.forward(NO_PARAMETERS, inputs, false);
        } catch (EngineException e) {
            throw new InferenceException(
                    "The %s failed in ONNX Runtime: %s".formatted(name, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
