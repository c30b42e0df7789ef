package dev.millrace.gpu.model.parse;

import dev.millrace.event.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What has come together since it was last asked for. */
final class Deltas {

    private final IntFunction<String> callIds;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private final List<ToolCallDelta> toolCalls = new ArrayList<>();
    private int calls;

    Deltas(IntFunction<String> callIds) {
        this.callIds = callIds;
    }

    int calls() {
        return calls;
    }

    void content(String text) {
        content.append(text);
    }

    void reasoning(String text) {
        reasoning.append(text);
    }

    void begin(String name) {
        flush();
        toolCalls.add(new ToolCallDelta(calls, callIds.apply(calls), name, ""));
        calls++;
    }

    void arguments(String more) {
        arguments.append(more);
    }

    OutputDelta take() {
        flush();
        if (content.isEmpty() && reasoning.isEmpty() && toolCalls.isEmpty()) {
            return OutputDelta.NOTHING;
        }
        OutputDelta delta = new OutputDelta(content.toString(), reasoning.toString(), toolCalls);
        content.setLength(0);
        reasoning.setLength(0);
        toolCalls.clear();
        return delta;
    }

    private void flush() {
        if (!arguments.isEmpty()) {
            toolCalls.add(new ToolCallDelta(calls - 1, null, null, arguments.toString()));
            arguments.setLength(0);
        }
    }
}
