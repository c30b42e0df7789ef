package dev.millrace.gpu.model.parse;

import dev.millrace.event.ToolCallDelta;
import java.util.List;

/**
 * What some more text of a model means.
 *
 * @param content to append to the answer
 * @param reasoning to append to the thought
 * @param toolCalls calls that begin and arguments that go on, in order
 */
public record OutputDelta(String content, String reasoning, List<ToolCallDelta> toolCalls) {

    public static final OutputDelta NOTHING = new OutputDelta("", "", List.of());

    public OutputDelta {
        toolCalls = List.copyOf(toolCalls);
    }

    public boolean isEmpty() {
        return content.isEmpty() && reasoning.isEmpty() && toolCalls.isEmpty();
    }
}
