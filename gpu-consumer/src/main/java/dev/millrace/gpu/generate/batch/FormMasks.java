package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.event.InferenceRequested;
import dev.millrace.gpu.model.ChatTemplate;
import dev.millrace.gpu.model.Prompt;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.schema.CompiledForm;
import dev.millrace.gpu.model.schema.FormVocabulary;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers to a response format, and to tool calls where one is forced. Forms are compiled once for all requests
 * that ask for the same; what the vocabulary needs for them is made with the first.
 */
public final class FormMasks implements MaskFactory {

    private static final int MAX_KEPT_FORMS = 64;

    private final Vocabulary vocabulary;
    private final AnswerForms answers;
    private final Thoughts thoughts;
    private final BitSet ends = new BitSet();
    private final int logits;
    private final Map<List<String>, CompiledForm> forms = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, CompiledForm> eldest) {
            return size() > MAX_KEPT_FORMS;
        }
    };
    private @Nullable FormVocabulary formVocabulary;

    /**
     * @param endTokens the model's own
     * @param logits ids from here on cannot be chosen
     */
    public FormMasks(Vocabulary vocabulary, ChatTemplate template, List<Integer> endTokens, int logits) {
        this.vocabulary = vocabulary;
        this.logits = logits;
        this.answers = new AnswerForms(template.format(), vocabulary);
        endTokens.stream().filter(token -> token < logits).forEach(ends::set);
        this.thoughts = new Thoughts(vocabulary, template.thinks(), ends, logits);
    }

    @Override
    public @Nullable TokenMask maskFor(InferenceRequested request, Prompt prompt, int maxTokens) {
        if (request.getResponseFormat() == null && request.getToolChoice() == null) {
            return null;
        }
        JsonNode asked = RequestPrompts.read(request.getPrompt());
        JsonNode format = RequestPrompts.read(request.getResponseFormat());
        ToolChoice choice = ToolChoice.of(asked.get("tools"), RequestPrompts.read(request.getToolChoice()));
        boolean formatted = !format.path("type").asText("text").equals("text");
        if (!formatted && !choice.forced()) {
            return null;
        }
        if (ends.isEmpty()) {
            throw Refused.invalid(
                    "This model has no token that ends an answer, so it cannot be kept to a form.",
                    choice.forced() ? "tool_choice" : "response_format");
        }
        boolean parallel = request.getParallelToolCalls();
        List<String> key = List.of(
                formatted ? format.toString() : "",
                choice.tools() == null ? "" : choice.tools().toString(),
                choice.forced() + " " + parallel);
        return thoughts.before(compiled(key, format, choice, parallel), asked, prompt, maxTokens);
    }

    private CompiledForm compiled(List<String> key, JsonNode format, ToolChoice choice, boolean parallel) {
        synchronized (forms) {
            CompiledForm kept = forms.get(key);
            if (kept != null) {
                return kept;
            }
        }
        CompiledForm made = answers.of(format, choice, parallel).compile(formVocabulary());
        // The first mask is the one that a whole batch would otherwise wait for.
        made.begin().allowed();
        synchronized (forms) {
            forms.put(key, made);
        }
        return made;
    }

    /** Tokens added beside the vocabulary proper mean something to the model, and are no part of any text. */
    private synchronized FormVocabulary formVocabulary() {
        if (formVocabulary == null) {
            BitSet text = new BitSet();
            BitSet control = new BitSet();
            for (int token = 0; token < Math.min(logits, vocabulary.size()); token++) {
                if (vocabulary.contains(token) && !ends.get(token)) {
                    boolean added = vocabulary.isAdded(token) || vocabulary.isSpecial(token);
                    (added ? control : text).set(token);
                }
            }
            formVocabulary = new FormVocabulary(text, control, ends, vocabulary::bytes);
        }
        return formVocabulary;
    }
}
