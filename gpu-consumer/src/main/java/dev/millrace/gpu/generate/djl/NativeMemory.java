package dev.millrace.gpu.generate.djl;

import com.sun.jna.Function;
import com.sun.jna.NativeLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the C library keeps of freed memory. Loading a model frees a multiple of what stays. */
final class NativeMemory {

    private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);

    private NativeMemory() {}

    /** Gives free memory back to the system, where the C library knows how. */
    static void giveBack() {
        try {
            Function.getFunction("c", "malloc_trim").invokeInt(new Object[] {new NativeLong(0)});
        } catch (UnsatisfiedLinkError e) {
            LOG.debug("Free memory stays with the C library: {}", e.toString());
        }
    }
}
