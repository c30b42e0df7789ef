package dev.millrace.gpu.generate.djl;

/** What a device is asked for by some work, kept to be asked for again in one call. */
interface Recorder {

    /**
     * Does the work, perhaps twice, and keeps it. It must do the same each time, with what lies in the same places.
     *
     * @throws RuntimeException if the device does not take it; nothing is left behind then
     */
    Recording record(Runnable work);

    /** Work that can be done again. */
    interface Recording extends AutoCloseable {

        void play();

        @Override
        void close();
    }
}
