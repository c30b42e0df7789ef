package dev.millrace.gpu.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the prompt of a request, in one of three shapes:
 *
 * <pre>{@code
 * {"messages": [...], "tools": [...], "arguments": {"enable_thinking": false}}   a chat; tools and arguments optional
 * {"text": "Once upon a time"}                                                   a completion or an embedding
 * {"ids": [1, 2, 3]}                                                             the same, as token ids
 * }</pre>
 *
 * <p>Safe from any thread.
 */
public final class Prompts {

    private final Tokenizer tokenizer;
    private final ChatTemplate template;

    public Prompts(Tokenizer tokenizer, ChatTemplate template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    /**
     * The prompt's tokens, or {@link PromptException} where the model can't take it.
     *
     * @param withTools false to keep the tools from the model, where it must not call any
     */
    public Prompt read(String json, boolean withTools) {
        JsonNode prompt;
        try {
            prompt = ModelJson.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new PromptException("the prompt is not JSON", e);
        }
        return read(prompt, withTools);
    }

    /** The same for one that has been parsed. */
    public Prompt read(JsonNode prompt, boolean withTools) {
        if (prompt.path("messages").isArray()) {
            return chat(prompt, withTools);
        }
        if (prompt.path("text").isTextual()) {
            return new Prompt(tokenizer.encode(prompt.get("text").textValue(), true), false, null);
        }
        if (prompt.path("ids").isArray()) {
            return new Prompt(ids(prompt.get("ids")), false, null);
        }
        throw new PromptException("the prompt has neither messages nor text nor ids");
    }

    private Prompt chat(JsonNode prompt, boolean withTools) {
        JsonNode tools = withTools && prompt.path("tools").isArray() ? prompt.get("tools") : null;
        Map<String, JsonNode> arguments = new HashMap<>();
        prompt.path("arguments").fields().forEachRemaining(field -> arguments.put(field.getKey(), field.getValue()));
        String text = template.render(prompt.get("messages"), tools, arguments);
        boolean offered = tools != null && !tools.isEmpty();
        return new Prompt(tokenizer.encode(text, false), ChatTemplate.opensThought(text), offered ? tools : null);
    }

    private int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = array.get(i);
            if (!id.isInt() || !tokenizer.vocabulary().contains(id.intValue())) {
                throw new PromptException("token id " + id + " is not in the model's vocabulary");
            }
            ids[i] = id.intValue();
        }
        return ids;
    }
}
