package dev.millrace.session;

/** Why a session could not be used. */
public final class SessionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is. */
    public enum Error {
        /** No such session, or it has expired. */
        NOT_FOUND(false),
        /** It belongs to another user. */
        NOT_YOURS(false),
        /** Too many turns wait already, or the turn waited too long. */
        BUSY(true),
        /** The turn's messages are more than a session may hold. */
        TOO_LARGE(false),
        /** The store does not answer. */
        UNAVAILABLE(true);

        private final boolean retriable;

        Error(boolean retriable) {
            this.retriable = retriable;
        }

        /** Whether the same call may succeed later. */
        public boolean isRetriable() {
            return retriable;
        }
    }

    private final Error error;

    public SessionException(Error error, String message) {
        super(message);
        this.error = error;
    }

    public SessionException(Error error, String message, Throwable cause) {
        super(message, cause);
        this.error = error;
    }

    public Error error() {
        return error;
    }
}
