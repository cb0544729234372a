package io.mendel.cli;

/** What the process tells its caller. */
final class ExitCode {

    /** Everything was done. */
    static final int DONE = 0;
    /** The work failed: no candidate could be scored, or the disk is full. */
    static final int FAILED = 1;
    /** The input is wrong; one line said what, where and what to do. */
    static final int INPUT = 2;
    /** Stopped early with everything saved. */
    static final int STOPPED = 3;
    /** A bug in Mendel. */
    static final int BUG = 70;

    private ExitCode() {}
}
