package dev.millrace.ingress.identity;

import java.util.Optional;

/** Knows callers by what they present. Asked on the event loop at every request, so it must not block. */
public interface Identity {

    /** The caller who presents this credential, or nobody. A credential is never logged. */
    Optional<Caller> identify(String credential);
}
