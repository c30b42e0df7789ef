package dev.millrace.gpu.generate;

import dev.millrace.event.InferenceRequested;
import java.util.List;

/**
 * A request, and what of its answer was delivered before: empty for a first attempt. A generator goes on after what was
 * delivered and never says it again.
 */
public record Task(InferenceRequested request, List<Delivered> delivered) {

    public Task {
        delivered = List.copyOf(delivered);
    }
}
