package dev.millrace.gpu.model.parse;

/** Reads what follows the tag that opens a family's tool calls. */
interface CallReader {

    enum Verdict {
        /** Belongs to the calls. */
        MORE,
        /** Belongs to the calls and ends them. */
        ENDED,
        /** Is the end of a tag that opens the next call, though the one before was not closed. */
        OPENED,
        /** This was no call, and the character is not part of it: {@link #raw} is text after all. */
        REJECTED
    }

    Verdict accept(char next);

    /** What was read, the opening tag included, as long as no call came of it; empty from then on. */
    String raw();

    /** Nothing follows: passes on what there is of a call that was cut off, if its name is known. */
    void cut();
}
