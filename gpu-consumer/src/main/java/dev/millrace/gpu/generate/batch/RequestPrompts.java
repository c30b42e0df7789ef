package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.InferenceRequested;
import dev.millrace.gpu.model.ChatTemplate;
import dev.millrace.gpu.model.Prompt;
import dev.millrace.gpu.model.PromptException;
import dev.millrace.gpu.model.Prompts;
import dev.millrace.gpu.model.Tokenizer;
import dev.millrace.gpu.model.parse.OutputFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a request's prompts: one of a chat, one or several of bare texts. Safe from any thread. */
public final class RequestPrompts {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Prompts prompts;
    private final OutputFormat format;
    private final int vocabulary;

    /** @param vocabulary ids from here on mean nothing to the model */
    public RequestPrompts(Tokenizer tokenizer, ChatTemplate template, int vocabulary) {
        this.prompts = new Prompts(tokenizer, template);
        this.format = template.format();
        this.vocabulary = vocabulary;
    }

    /** @throws Refused where the model can't take them */
    public List<Prompt> of(InferenceRequested request) {
        String param = paramOf(request);
        JsonNode asked = read(request.getPrompt());
        try {
            List<Prompt> made =
                    switch (request.getFacts().getKind()) {
                        case CHAT -> List.of(prompts.read(chat(asked, request), true));
                        case COMPLETION, EMBEDDING -> bare(asked.has(param) ? asked.path(param) : asked, param);
                    };
            if (made.stream().anyMatch(one -> one.ids().length == 0)) {
                throw Refused.invalid("There is nothing in it to go on from.", param);
            }
            return made;
        } catch (PromptException e) {
            throw Refused.invalid(String.valueOf(e.getMessage()), param);
        }
    }

    /** How to read what a model makes of a prompt; null where it is just text. */
    @Nullable
    OutputFormat formatFor(InferenceRequested request, Prompt prompt) {
        return switch (request.getFacts().getKind()) {
            case CHAT -> prompt.tools() == null ? OutputFormat.PLAIN : format;
            case COMPLETION, EMBEDDING -> null;
        };
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

    private static ObjectNode chat(JsonNode asked, InferenceRequested request) {
        JsonNode tools =
                ToolChoice.of(asked.get("tools"), read(request.getToolChoice())).tools();
        ObjectNode chat = JsonNodeFactory.instance.objectNode();
        chat.set("messages", asked.path("messages"));
        chat.set("tools", tools);
        chat.set("arguments", asked.has("arguments") ? asked.get("arguments") : asked.path("chat_template_kwargs"));
        return chat;
    }

    /** A text, a list of texts, a list of ids or a list of lists of ids. */
    private List<Prompt> bare(JsonNode input, String param) {
        if (!input.isArray()) {
            return List.of(one(input, param));
        }
        if (input.isEmpty() || input.get(0).isNumber()) {
            return List.of(one(input, param));
        }
        List<Prompt> made = new ArrayList<>();
        input.forEach(each -> made.add(one(each, param)));
        return made;
    }

    private Prompt one(JsonNode input, String param) {
        ObjectNode prompt = JsonNodeFactory.instance.objectNode();
        if (input.isTextual()) {
            prompt.set("text", input);
        } else if (input.isArray()) {
            prompt.set("ids", input);
        } else if (input.isObject()) {
            prompt.setAll((ObjectNode) input);
        } else {
            throw Refused.invalid(param + " must be text, token ids, or a list of either.", param);
        }
        Prompt made = prompts.read(prompt, false);
        for (int id : made.ids()) {
            if (id >= vocabulary) {
                throw Refused.invalid("Token ids must be whole numbers below " + vocabulary + ".", param);
            }
        }
        return made;
    }
}
