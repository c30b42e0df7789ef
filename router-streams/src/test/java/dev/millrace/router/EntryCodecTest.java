package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.EndReason;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RoutingRules;
import dev.millrace.event.WorkEnded;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.Entry;
import dev.millrace.router.schedule.QueueConfig;
import dev.millrace.router.schedule.Rulebook;
import dev.millrace.router.schedule.Scheduler;
import dev.millrace.router.schedule.SchedulerConfig;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntryCodecTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final Rulebook RULES = new Rulebook() {
        @Override
        public Optional<RoutingRules> rules(String model) {
            return Optional.empty();
        }

        @Override
        public boolean isKnown(String model) {
            return true;
        }
    };

    private final EntryCodec codec = new EntryCodec(new EventCodec(SchemaLookup.NONE));

    @Test
    void anEntryOfAnyPhaseIsTheSameAfterwards() {
        Scheduler scheduler = new Scheduler("router", SchedulerConfig.DEFAULT, QueueConfig.DEFAULT, RULES, id -> false);
        Requests make = new Requests(1);
        for (int i = 0; i < 9; i++) {
            RequestId id = make.id(NOW);
            InferenceRequested request = Requests.request(id);
            scheduler.request(id, request, 100, NOW);
            if (i == 0) {
                scheduler.cancel(new CancelRequested(id.toString(), Requests.MODEL, "gone"), NOW);
            } else if (i == 2) {
                scheduler.report(Requests.report("w1", i, 2).build(), NOW);
            }
        }
        String given = scheduler.entries().stream()
                .filter(entry -> entry.phase() == Entry.Phase.ASSIGNED)
                .findFirst()
                .orElseThrow()
                .id();
        scheduler.ended(new WorkEnded(given, Requests.MODEL, "w1", 1, EndReason.FINISHED, 0, 0), NOW);

        Set<Entry.Phase> phases = EnumSet.noneOf(Entry.Phase.class);
        for (Entry entry : scheduler.entries()) {
            phases.add(entry.phase());
            assertThat(codec.decode(codec.encode(entry))).isEqualTo(entry);
            assertThat(entry.ticket().request().getPrompt())
                    .as("the body is kept apart")
                    .isEmpty();
        }
        assertThat(phases).containsExactlyInAnyOrder(Entry.Phase.values());
    }

    @Test
    void whatAnOlderRouterKeptIsCountedFromItsIdsTime() {
        Scheduler scheduler = new Scheduler("router", SchedulerConfig.DEFAULT, QueueConfig.DEFAULT, RULES, id -> false);
        RequestId id = new Requests(1).id(NOW - 3000);
        scheduler.request(id, Requests.request(id), 100, NOW);
        Entry entry = scheduler.entries().iterator().next();
        byte[] now = codec.encode(entry);
        int kept = 1 + Integer.BYTES + ByteBuffer.wrap(now).getInt(1) + 2 * Long.BYTES;
        byte[] older = ByteBuffer.allocate(now.length - Long.BYTES)
                .put((byte) 1)
                .put(now, 1, kept - 1)
                .put(now, kept + Long.BYTES, now.length - kept - Long.BYTES)
                .array();

        Entry read = codec.decode(older);
        assertThat(read.ticket().acceptedMillis()).isEqualTo(NOW - 3000);
        assertThat(codec.decode(now)).isEqualTo(entry);
        assertThat(read.dueMillis()).isEqualTo(entry.dueMillis());
    }

    @Test
    void anotherVersionIsAnErrorAndNotARequestLost() {
        assertThatThrownBy(() -> codec.decode(new byte[] {9, 0}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 9");
    }
}
