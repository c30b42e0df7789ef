package dev.millrace.gpu.work;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.Chunk;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.reply.Answer;
import dev.millrace.reply.ReplyReader;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Reads one request's replies in order and tells what counts of them. */
final class LogScan {

    private final ReplyReader reader = new ReplyReader();
    private final Answer answer = new Answer();

    void read(SpecificRecord event) {
        if (reader.read(event) && event instanceof Chunk chunk) {
            answer.add(chunk);
        }
    }

    LogView view() {
        List<Delivered> delivered =
                answer.choices().stream().map(this::delivered).toList();
        return new LogView(reader.owner(), reader.end() != null, reader.chunks(), reader.tokens(), delivered);
    }

    private Delivered delivered(ChoiceRecord choice) {
        return new Delivered(
                choice.getIndex(), answer.tokenIds(choice.getIndex()), choice.getText(), choice.getFinishReason());
    }
}
