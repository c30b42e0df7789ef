package dev.millrace.router;

import dev.millrace.event.DeadLettered;
import dev.millrace.event.UsageRecorded;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** Brings the news of a settled request to the task that has its model. */
final class UsageByModel extends ContextualProcessor<byte[], byte[], byte[], Outgoing> {

    private final EventCodec codec;
    private final Meters<RouterMeter> meters;

    UsageByModel(EventCodec codec, Meters<RouterMeter> meters) {
        this.codec = codec;
        this.meters = meters;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            if (EventReader.decode(Topics.USAGE, codec, record.value()) instanceof UsageRecorded usage) {
                byte[] model = usage.getFacts().getModel().getBytes(StandardCharsets.UTF_8);
                byte[] requestId = usage.getRequestId().getBytes(StandardCharsets.UTF_8);
                context()
                        .forward(
                                record.withKey(model).withValue(new Outgoing(RouterTopology.SETTLED, null, requestId)));
            }
        } catch (UnreadableEventException e) {
            meters.count(RouterMeter.DEAD_LETTERS, 1, e.reason().name());
            DeadLettered letter = Letters.of(context(), record, e.reason().name(), String.valueOf(e.getMessage()));
            context().forward(record.withValue(new Outgoing(Topics.DEAD_LETTERS.name(), null, codec.encode(letter))));
        }
    }
}
