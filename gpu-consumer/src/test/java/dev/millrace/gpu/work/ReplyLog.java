package dev.millrace.gpu.work;

import dev.millrace.reply.ReplyReader;
import dev.millrace.reply.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** A reply partition in memory, which can be told to fail or to keep its acknowledgements to itself. */
final class ReplyLog implements ReplyWriter, LogReader {

    final List<SpecificRecord> events = new ArrayList<>();
    final List<Runnable> kept = new ArrayList<>();

    @Nullable
    Class<? extends SpecificRecord> failing;

    boolean keeps;
    long inFlightBytes;
    private final List<String> ids = new ArrayList<>();

    @Override
    public void write(RequestId id, SpecificRecord event, Written written) {
        if (event.getClass() == failing) {
            acknowledge(() -> written.done(-1, new IllegalStateException("no broker")));
            return;
        }
        long offset = put(id.toString(), event);
        acknowledge(() -> written.done(offset, null));
    }

    long put(String id, SpecificRecord event) {
        ids.add(id);
        events.add(event);
        return events.size() - 1;
    }

    private void acknowledge(Runnable acknowledgement) {
        if (keeps) {
            kept.add(acknowledgement);
        } else {
            acknowledgement.run();
        }
    }

    @Override
    public long inFlightBytes() {
        return inFlightBytes;
    }

    @Override
    public CompletableFuture<LogView> read(RequestId id, long upToOffset) {
        CompletableFuture<LogView> view = new CompletableFuture<>();
        acknowledge(() -> {
            LogScan scan = new LogScan();
            for (int i = 0; i <= upToOffset; i++) {
                if (ids.get(i).equals(id.toString())) {
                    scan.read(events.get(i));
                }
            }
            view.complete(scan.view());
        });
        return view;
    }

    /** What counts of a request. */
    ReplyReader reader(String id) {
        ReplyReader reader = new ReplyReader();
        for (int i = 0; i < events.size(); i++) {
            if (ids.get(i).equals(id)) {
                reader.read(events.get(i));
            }
        }
        return reader;
    }

    <T> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
