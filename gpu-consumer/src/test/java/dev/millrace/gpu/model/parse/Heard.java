package dev.millrace.gpu.model.parse;

import dev.millrace.event.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;

/** What a client makes of a parser's deltas. */
final class Heard {

    record Call(String id, String name, StringBuilder arguments) {
        @Override
        public String toString() {
            return id + " " + name + " " + arguments;
        }
    }

    final StringBuilder content = new StringBuilder();
    final StringBuilder reasoning = new StringBuilder();
    final List<Call> calls = new ArrayList<>();

    static Heard whole(OutputFormat format, boolean opened, List<String> pieces) {
        OutputParser parser = new OutputParser(format, opened, index -> "call_" + index);
        Heard heard = new Heard();
        pieces.forEach(piece -> heard.take(parser.push(piece)));
        heard.take(parser.finish());
        return heard;
    }

    void take(OutputDelta delta) {
        content.append(delta.content());
        reasoning.append(delta.reasoning());
        for (ToolCallDelta call : delta.toolCalls()) {
            if (call.getName() != null) {
                calls.add(new Call(call.getId(), call.getName(), new StringBuilder()));
            }
            calls.get(call.getIndex()).arguments().append(call.getArguments());
        }
    }

    @Override
    public String toString() {
        return "content=[" + content + "] reasoning=[" + reasoning + "] calls=" + calls;
    }
}
