package dev.millrace.gpu.work;

import dev.millrace.gpu.generate.Delivered;
import dev.millrace.reply.ReplyReader.Owner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What counts of a request up to some place in the reply log.
 *
 * @param ended whether an end counts
 * @param chunks how many chunks count
 * @param tokens how many tokens they carry
 */
record LogView(@Nullable Owner owner, boolean ended, int chunks, int tokens, List<Delivered> delivered) {

    LogView {
        delivered = List.copyOf(delivered);
    }
}
