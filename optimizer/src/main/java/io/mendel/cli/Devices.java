package io.mendel.cli;

import io.mendel.merge.cuda.DeviceUnavailableException;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.space.DocumentException;

/** The devices a command can be told to merge on. */
final class Devices {

    private Devices() {}

    /** The device of this name; the command closes it. */
    static MergeDevice open(String device) throws DocumentException {
        if (!device.matches("auto|cpu|cuda:\\d{1,4}")) {
            throw new DocumentException("--device", "", "unknown device '" + device + "'.",
                    "Write auto, cpu or cuda:N.");
        }
        try {
            return MergeDevice.of(device);
        } catch (DeviceUnavailableException e) {
            throw new DocumentException("--device " + device, "", e.getMessage() + ".",
                    e.remedy());
        }
    }
}
