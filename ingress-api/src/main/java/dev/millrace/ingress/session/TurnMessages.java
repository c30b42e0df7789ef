package dev.millrace.ingress.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.Outcome;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.session.TurnEnd;
import java.util.ArrayList;
import java.util.List;

/** Messages of a conversation, as the session keeps them. The same answer gives the same message, whoever makes it. */
final class TurnMessages {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The reason of an end that came with the last token that was allowed. */
    private static final String CUT_OFF = "length";

    private TurnMessages() {}

    static List<JsonNode> read(List<String> messages) {
        List<JsonNode> nodes = new ArrayList<>(messages.size());
        for (String message : messages) {
            try {
                nodes.add(MAPPER.readTree(message));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a session holds a message that is no JSON", e);
            }
        }
        return nodes;
    }

    /** What a request's end means for its turn. */
    static TurnEnd end(Outcome outcome, List<ChoiceRecord> choices, long tokens) {
        List<String> answer = choices.stream()
                .filter(choice -> choice.getIndex() == 0)
                .filter(choice ->
                        outcome == Outcome.COMPLETED || !choice.getText().isEmpty())
                .map(choice -> message(choice, outcome == Outcome.COMPLETED))
                .toList();
        return switch (outcome) {
            case COMPLETED -> new TurnEnd.Answered(answer, tokens);
            case CANCELLED -> new TurnEnd.Cancelled(answer, tokens);
            case FAILED -> new TurnEnd.Dropped();
        };
    }

    private static String message(ChoiceRecord choice, boolean completed) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("role", "assistant");
        message.put("content", choice.getText());
        for (ToolCallDelta call : completed ? wholeCalls(choice) : List.<ToolCallDelta>of()) {
            ObjectNode made = message.withArray("tool_calls").addObject();
            made.put("id", call.getId());
            made.put("type", "function");
            made.putObject("function").put("name", call.getName()).put("arguments", call.getArguments());
        }
        return message.toString();
    }

    /** A call that was cut off is no call, and some templates could not write it down in any later turn. */
    private static List<ToolCallDelta> wholeCalls(ChoiceRecord choice) {
        return choice.getToolCalls().stream()
                .filter(call -> !CUT_OFF.equals(choice.getFinishReason()) || isObject(call.getArguments()))
                .toList();
    }

    private static boolean isObject(String json) {
        try {
            return MAPPER.readTree(json).isObject();
        } catch (JsonProcessingException e) {
            return false;
        }
    }
}
