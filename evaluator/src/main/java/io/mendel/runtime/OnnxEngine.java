package io.mendel.runtime;

import ai.djl.engine.Engine;
import ai.djl.onnxruntime.engine.OrtNDManager;
import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * DJL's ONNX Runtime engine, started once for the process and without any access to a network.
 *
 * <p>
 * DJL insists on creating ONNX Runtime's environment itself, so everything that touches ONNX Runtime goes through here
 * first.
 */
final class OnnxEngine {

    /** Address space only: pages that the recursion does not reach are never touched. */
    private static final long START_STACK_BYTES = 1L << 30;

    /** Loaded on first use; a tokenizer needs the settings but not the engine. */
    private static final class Holder {
        private static final Engine ENGINE = start();
    }

    private OnnxEngine() {}

    /**
     * ONNX Runtime 1.29 matches the process's command line against a recursive regular expression while it starts; a class
     * path of a few thousand characters, or as many arguments, overflows an ordinary stack and kills the JVM.
     */
    private static Engine start() {
        configure();
        var started = new FutureTask<>(() -> Engine.getEngine("OnnxRuntime"));
        new Thread(null, started, "onnx-runtime-start", START_STACK_BYTES).start();
        try {
            return started.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("ONNX Runtime does not start on this machine.",
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while ONNX Runtime started.", e);
        }
    }

    /** A new root for arrays; closing it frees all of them. */
    static OrtNDManager newManager() {
        return (OrtNDManager) Holder.ENGINE.newBaseManager();
    }

    /** Version of the native library. */
    static String version() {
        return Holder.ENGINE == null ? "" : OrtEnvironment.getEnvironment().getVersion();
    }

    /** Tells DJL to stay offline; must come before any use of DJL. A value that the user gave stays. */
    static void configure() {
        setDefault("ai.djl.offline", "true");
        setDefault("OPT_OUT_TRACKING", "true");
        // No array arithmetic is asked of DJL; the second engine would cost a manager per call.
        setDefault("ai.djl.onnx.disable_alternative", "true");
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
