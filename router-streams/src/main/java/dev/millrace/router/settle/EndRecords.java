package dev.millrace.router.settle;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.CompletionRecorded;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.Limits;
import java.util.List;
import java.util.Optional;

/**
 * An end as the log can hold it. An answer may be larger than any record: many vectors, or chances beside each of many
 * tokens. Then its record goes without these, and at the worst without its texts, so that no answer can keep those
 * behind it from being settled.
 */
final class EndRecords {

    /** What the rest of a record, and the log around it, may take. */
    private static final int AROUND_BYTES = 64 << 10;

    /** What is written of an end. */
    record Encoded(byte[] completion, byte[] usage) {}

    private final EventCodec codec;
    private final int mostBytes;

    EndRecords(EventCodec codec) {
        this(codec, Limits.MAX_RECORD_BYTES - AROUND_BYTES);
    }

    EndRecords(EventCodec codec, int mostBytes) {
        this.codec = codec;
        this.mostBytes = mostBytes;
    }

    /** Empty where there is no record that could hold it. */
    Optional<Encoded> encode(Settlement end) {
        byte[] completion = encode(end.completion());
        byte[] usage = codec.encode(end.usage());
        return completion.length <= mostBytes && usage.length <= mostBytes
                ? Optional.of(new Encoded(completion, usage))
                : Optional.empty();
    }

    private byte[] encode(CompletionRecorded end) {
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
