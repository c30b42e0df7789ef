package dev.millrace.router.settle;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.CompletionRecorded;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.Limits;
import java.util.List;

/**
 * An end as the log can hold it. An answer may be larger than any record: many vectors, or chances beside each of many
 * tokens. Then its record goes without these, and at the worst without its texts, so that no answer can keep those
 * behind it from being settled.
 */
final class EndRecords {

    /** What the rest of a record, and the log around it, may take. */
    private static final int AROUND_BYTES = 64 << 10;

    private final EventCodec codec;
    private final int mostBytes;

    EndRecords(EventCodec codec) {
        this(codec, Limits.MAX_RECORD_BYTES - AROUND_BYTES);
    }

    EndRecords(EventCodec codec, int mostBytes) {
        this.codec = codec;
        this.mostBytes = mostBytes;
    }

    byte[] encode(CompletionRecorded end) {
        byte[] whole = codec.encode(end);
        if (whole.length <= mostBytes) {
            return whole;
        }
        byte[] texts = codec.encode(with(
                end,
                end.getChoices().stream()
                        .filter(choice -> choice.getEmbedding() == null)
                        .map(EndRecords::textOf)
                        .toList()));
        return texts.length <= mostBytes ? texts : codec.encode(with(end, List.of()));
    }

    private static CompletionRecorded with(CompletionRecorded end, List<ChoiceRecord> choices) {
        return CompletionRecorded.newBuilder(end).setChoices(choices).build();
    }

    private static ChoiceRecord textOf(ChoiceRecord choice) {
        return ChoiceRecord.newBuilder(choice).setLogprobs(null).build();
    }
}
