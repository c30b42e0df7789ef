package dev.millrace.gpu.generate.batch;

import dev.millrace.event.InferenceRequested;
import dev.millrace.gpu.model.Prompt;
import org.jspecify.annotations.Nullable;

/** Makes the masks of requests whose answer must have a form. Called off the loop's thread, and may take its time. */
public interface MaskFactory {

    /**
     * A mask for one choice, at its beginning.
     *
     * @param maxTokens that the choice may have
     * @return null where the request leaves the form open
     * @throws Refused where the form cannot be kept
     */
    @Nullable
    TokenMask maskFor(InferenceRequested request, Prompt prompt, int maxTokens);

    /** Keeps no form, so a request that asks for one is refused by name. */
    static MaskFactory none() {
        return (request, prompt, maxTokens) -> {
            String format = RequestPrompts.read(request.getResponseFormat())
                    .path("type")
                    .asText("text");
            if (!format.equals("text")) {
                throw Refused.invalid("This model cannot keep to a response format.", "response_format");
            }
            ToolChoice choice = ToolChoice.of(prompt.tools(), RequestPrompts.read(request.getToolChoice()));
            if (choice.forced()) {
                throw Refused.invalid("This model cannot be made to call a tool.", "tool_choice");
            }
            if (choice.holdsCalls()) {
                throw Refused.invalid("This model cannot keep calls to a form.", "tools");
            }
            return null;
        };
    }
}
