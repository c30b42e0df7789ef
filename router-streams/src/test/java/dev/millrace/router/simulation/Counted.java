package dev.millrace.router.simulation;

import dev.millrace.event.Chunk;
import dev.millrace.event.Closed;
import dev.millrace.event.Failed;
import dev.millrace.event.Finished;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The rules of the reply log once more, written without a look at the reader that is under test. */
final class Counted {

    int ownerAttempt;
    String ownerName = "";
    boolean owned;

    @Nullable
    SpecificRecord end;

    final List<String> texts = new ArrayList<>();
    boolean spliced;
    long endedAtMillis;

    static String requestId(SpecificRecord event) {
        return (String) event.get(0);
    }

    private static int attempt(SpecificRecord event) {
        return (Integer) event.get(1);
    }

    private static String writer(SpecificRecord event) {
        return (String) event.get(2);
    }

    void read(SpecificRecord event, long atMillis) {
        if (end != null) {
            return;
        }
        count(event);
        endedAtMillis = end == null ? 0 : atMillis;
    }

    private void count(SpecificRecord event) {
        boolean mine = owned && attempt(event) == ownerAttempt && writer(event).equals(ownerName);
        boolean above = !owned || attempt(event) > ownerAttempt;
        if (event instanceof Started && !owned || event instanceof TakenOver && above) {
            take(event);
        } else if (event instanceof Closed && above) {
            take(event);
            end = event;
        } else if (mine && event instanceof Chunk chunk && chunk.getSequence() == texts.size()) {
            spliced |= !chunk.getReasoning().equals(String.join("", texts));
            texts.add(chunk.getText());
        } else if (mine && event instanceof Finished finished && finished.getChunks() == texts.size()) {
            end = event;
        } else if (mine && event instanceof Failed failed && failed.getChunks() == texts.size()) {
            end = event;
        }
    }

    private void take(SpecificRecord event) {
        owned = true;
        ownerAttempt = attempt(event);
        ownerName = writer(event);
    }
}
