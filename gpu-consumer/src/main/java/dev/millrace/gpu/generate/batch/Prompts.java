package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.InferenceRequested;
import dev.millrace.gpu.model.Tokenizer;
import dev.millrace.gpu.model.parse.OutputFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes a request's prompts: one for a chat, one or several for bare texts. Safe from any thread. */
public final class Prompts {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> ARGUMENTS = new TypeReference<>() {};

    private final Tokenizer tokenizer;
    private final @Nullable ChatForm chat;
    private final int vocabulary;

    /**
     * @param chat none where the model has no template, so that nobody can chat with it
     * @param vocabulary ids from here on mean nothing to the model
     */
    public Prompts(Tokenizer tokenizer, @Nullable ChatForm chat, int vocabulary) {
        this.tokenizer = tokenizer;
        this.chat = chat;
        this.vocabulary = vocabulary;
    }

    public List<Prompt> of(InferenceRequested request) {
        JsonNode prompt = read(request.getPrompt());
        List<Prompt> prompts =
                switch (request.getFacts().getKind()) {
                    case CHAT -> List.of(chat(prompt, request));
                    case COMPLETION -> bare(prompt.isObject() ? prompt.path("prompt") : prompt, "prompt");
                    case EMBEDDING -> bare(prompt.isObject() ? prompt.path("input") : prompt, "input");
                };
        if (prompts.stream().anyMatch(one -> one.tokens().length == 0)) {
            throw Refused.invalid("There is nothing in it to go on from.", paramOf(request));
        }
        return prompts;
    }

    /** The field that a request's prompt came in. */
    public static String paramOf(InferenceRequested request) {
        return switch (request.getFacts().getKind()) {
            case CHAT -> "messages";
            case COMPLETION -> "prompt";
            case EMBEDDING -> "input";
        };
    }

    static JsonNode read(@Nullable String text) {
        try {
            return JSON.readTree(text == null ? "null" : text);
        } catch (JsonProcessingException e) {
            throw Refused.invalid("The request could not be read.", "messages");
        }
    }

    private Prompt chat(JsonNode prompt, InferenceRequested request) {
        if (chat == null) {
            throw Refused.invalid("This model has no chat template.", "messages");
        }
        JsonNode wanted = prompt.get("tools");
        ToolChoice choice = ToolChoice.of(wanted, read(request.getToolChoice()));
        Map<String, Object> arguments = prompt.path("arguments").isObject()
                ? JSON.convertValue(prompt.path("arguments"), ARGUMENTS)
                : new java.util.HashMap<>();
        arguments.put("add_generation_prompt", true);
        List<JsonNode> messages = new Messages(JSON, chat.source()).of(prompt.path("messages"));
        String text;
        try {
            text = chat.render(messages, choice.tools(), arguments);
        } catch (IllegalArgumentException e) {
            throw Refused.invalid("The model's chat template refuses the messages: " + e.getMessage(), "messages");
        }
        OutputFormat format = choice.tools() == null ? OutputFormat.PLAIN : OutputFormat.of(chat.source());
        boolean thoughtOpened = text.stripTrailing().endsWith("<think>");
        return new Prompt(tokenizer.encode(text, false), format, thoughtOpened);
    }

    /** A text, a list of texts, a list of ids or a list of lists of ids. */
    private List<Prompt> bare(JsonNode input, String param) {
        if (input.isTextual()) {
            return List.of(text(input));
        }
        if (!input.isArray() || input.isEmpty()) {
            throw Refused.invalid(param + " must be text, token ids, or a list of either.", param);
        }
        if (input.get(0).isNumber()) {
            return List.of(ids(input, param));
        }
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode one : input) {
            prompts.add(one.isTextual() ? text(one) : ids(one, param));
        }
        return prompts;
    }

    private Prompt text(JsonNode text) {
        return new Prompt(tokenizer.encode(text.textValue(), true), null, false);
    }

    private Prompt ids(JsonNode ids, String param) {
        for (JsonNode id : ids) {
            if (!id.isInt() || id.intValue() < 0 || id.intValue() >= vocabulary) {
                throw Refused.invalid("Token ids must be whole numbers below " + vocabulary + ".", param);
            }
        }
        int[] tokens =
                IntStream.range(0, ids.size()).map(i -> ids.get(i).intValue()).toArray();
        return new Prompt(tokens, null, false);
    }
}
