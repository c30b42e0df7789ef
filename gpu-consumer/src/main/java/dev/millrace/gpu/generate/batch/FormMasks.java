package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.event.InferenceRequested;
import dev.millrace.gpu.model.ChatTemplate;
import dev.millrace.gpu.model.Prompt;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.parse.OutputFormat;
import dev.millrace.gpu.model.parse.OutputParser;
import dev.millrace.gpu.model.schema.AnswerForm;
import dev.millrace.gpu.model.schema.CompiledForm;
import dev.millrace.gpu.model.schema.FormVocabulary;
import dev.millrace.gpu.model.schema.ToolTypes;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers to a response format, and to tool calls where one is forced; calls that a model makes of its own accord
 * it keeps to what their tools ask for. Forms are compiled once for all requests that ask for the same; what the
 * vocabulary needs for them is made with the first.
 */
public final class FormMasks implements MaskFactory {

    private final Vocabulary vocabulary;
    private final AnswerForms answers;
    private final Thoughts thoughts;
    private final BitSet ends = new BitSet();
    private final int logits;
    private final Kept<CompiledForm> forms = new Kept<>();
    private final Kept<HeldCalls> calls = new Kept<>();
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
        JsonNode format = RequestPrompts.read(request.getResponseFormat());
        ToolChoice choice = ToolChoice.of(prompt.tools(), RequestPrompts.read(request.getToolChoice()));
        boolean formatted = !format.path("type").asText("text").equals("text");
        if (!formatted && !choice.forced()) {
            return mayCall(choice, request.getParallelToolCalls(), prompt, maxTokens);
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
        CompiledForm form = forms.get(key, () -> compiled(answers.of(format, choice, parallel)));
        return thoughts.before(form, RequestPrompts.read(request.getPrompt()), prompt, maxTokens);
    }

    /** Where nothing is forced: calls are kept to a form if they come, and nothing else is. */
    private @Nullable TokenMask mayCall(ToolChoice choice, boolean parallel, Prompt prompt, int maxTokens) {
        JsonNode tools = choice.tools();
        if (tools == null || answers.format() == OutputFormat.PLAIN || !choice.holdsCalls()) {
            return null;
        }
        HeldCalls held = calls.get(List.of(tools.toString(), "" + parallel), () -> held(tools, parallel));
        OutputParser parser =
                new OutputParser(answers.format(), prompt.thoughtOpened(), new ToolTypes(tools), index -> "");
        return new CallMask(held, parser, maxTokens);
    }

    private HeldCalls held(JsonNode tools, boolean parallel) {
        Map<String, CompiledForm> opened = new LinkedHashMap<>();
        answers.openedCalls(tools, parallel).forEach((tag, form) -> opened.put(tag, compiled(form)));
        return new HeldCalls(vocabulary, opened, logits);
    }

    private CompiledForm compiled(AnswerForm form) {
        CompiledForm made = form.compile(formVocabulary());
        // The first mask is the one that a whole batch would otherwise wait for.
        made.begin().allowed();
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
