package dev.millrace.gpu.model.parse;

import dev.millrace.event.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

    /** One for a model that was told of {@code f}, of whose parameters each is called after its types. */
    static OutputParser parser(OutputFormat format, boolean opened) {
        return new OutputParser(format, opened, new Named(), index -> "call_" + index);
    }

    private static final class Named implements ParameterTypes {

        @Override
        public Set<String> functions() {
            return Set.of("f");
        }

        @Override
        public Set<String> of(String function, String parameter) {
            return function.equals("f") && !parameter.equals("unknown") ? Set.of(parameter.split("_")) : Set.of();
        }
    }

    static Heard whole(OutputFormat format, boolean opened, List<String> pieces) {
        OutputParser parser = parser(format, opened);
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
