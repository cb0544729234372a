package io.mendel.cli;

import io.mendel.space.DocumentException;

/** The devices a command can be told to use. */
final class Devices {

    private Devices() {}

    /** Makes sure that this device can be used. */
    static void require(String device) throws DocumentException {
        if (device.equals("auto") || device.equals("cpu")) {
            return;
        }
        if (device.matches("cuda:\\d+")) {
            throw new DocumentException("--device " + device, "",
                    "this version has no CUDA engine.",
                    "Use --device auto or cpu.");
        }
        throw new DocumentException("--device", "", "unknown device '" + device + "'.",
                "Write auto, cpu or cuda:N.");
    }
}
