package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Task;
import dev.millrace.gpu.model.Prompt;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import dev.millrace.gpu.model.parse.OutputFormat;
import dev.millrace.gpu.model.parse.OutputParser;
import dev.millrace.gpu.model.parse.ParameterTypes;
import dev.millrace.gpu.model.schema.ToolTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes jobs of tasks: prompts, limits, choices, and what was delivered of them replayed. Safe from any thread. */
public final class Jobs {

    /** Lanes that a job can have: as many as a client may put texts into one request for embeddings. */
    public static final int MOST_LANES = 2048;

    private static final int CALL_ID_LENGTH = 24;

    private final RequestPrompts prompts;
    private final MaskFactory masks;
    private final Vocabulary vocabulary;
    private final GenerationDefaults defaults;
    private final Shape shape;

    /**
     * @param contextTokens prompt and answer together
     * @param vocabulary ids that the model has logits for
     * @param hidden length of an embedding
     */
    public record Shape(int contextTokens, int vocabulary, int hidden, Pooling pooling) {}

    public Jobs(
            RequestPrompts prompts,
            MaskFactory masks,
            Vocabulary vocabulary,
            GenerationDefaults defaults,
            Shape shape) {
        this.prompts = prompts;
        this.masks = masks;
        this.vocabulary = vocabulary;
        this.defaults = defaults;
        this.shape = shape;
    }

    /**
     * @param arrival the task's place among all
     * @param slots that there are for all
     * @throws Refused where the request cannot be served
     */
    public Job of(Task task, Outlet outlet, long arrival, int slots) {
        InferenceRequested request = task.request();
        List<Prompt> made = prompts.of(request);
        boolean embeds = request.getFacts().getKind() == RequestKind.EMBEDDING;
        int choices = embeds ? 1 : Math.max(1, request.getSampling().getChoices());
        if (made.size() * (long) choices > MOST_LANES) {
            throw Refused.invalid("There may be at most " + MOST_LANES + " answers.", RequestPrompts.paramOf(request));
        }
        Map<Integer, Delivered> delivered = new HashMap<>();
        task.delivered().forEach(one -> delivered.put(one.choice(), one));
        List<Lane> lanes = new ArrayList<>();
        for (int prompt = 0; prompt < made.size(); prompt++) {
            Sequence elder = null;
            for (int choice = 0; choice < choices; choice++) {
                int index = prompt * choices + choice;
                Delivered before = delivered.get(index);
                if (before != null && before.finishReason() != null) {
                    continue;
                }
                long order = arrival * MOST_LANES + index;
                Lane lane = embeds
                        ? embedding(request, made.get(prompt), prompt, order)
                        : choice(request, made.get(prompt), prompt, index, order, before, elder);
                // One that had come to its end reads nothing that others could wait for.
                boolean reads = lane.choice() == null || !lane.choice().isFinished();
                elder = elder == null && reads ? lane.sequence() : elder;
                lanes.add(lane);
            }
        }
        int promptTokens = made.stream().mapToInt(one -> one.ids().length).sum();
        // Texts are read and gone; they leave half of the room to those who write.
        return new Job(outlet, lanes, promptTokens, embeds ? Math.max(1, slots / 2) : MOST_LANES);
    }

    private Lane embedding(InferenceRequested request, Prompt prompt, int index, long order) {
        int length = prompt.ids().length;
        if (length > shape.contextTokens()) {
            throw Refused.tooLong(length, shape.contextTokens(), "input");
        }
        int dimensions = request.getDimensions() == null ? shape.hidden() : request.getDimensions();
        if (dimensions < 1 || dimensions > shape.hidden()) {
            throw Refused.invalid("dimensions must be from 1 to " + shape.hidden() + ".", "dimensions");
        }
        boolean reusesCache = shape.pooling() == Pooling.LAST;
        Sequence sequence = new Sequence(order, prompt.ids(), length, reusesCache, null);
        return Lane.ofEmbedding(index, sequence, new Embedding(shape.pooling(), dimensions));
    }

    private Lane choice(
            InferenceRequested request,
            Prompt prompt,
            int promptIndex,
            int index,
            long order,
            @Nullable Delivered before,
            @Nullable Sequence elder) {
        Sampling sampling = request.getSampling();
        int maxTokens = maxTokens(request, prompt);
        SamplingRule rule = SamplingRule.of(sampling, defaults);
        checkBias(rule);
        TokenMask mask = masks.maskFor(request, prompt, maxTokens);
        Limits limits = limits(request, maxTokens, mask);
        Set<Integer> ends = limits.ends();
        Chooser chooser = new Chooser(rule, index, prompt.ids(), ends, mask, shape.vocabulary());
        Choice choice = new Choice(index, limits, vocabulary, parser(request, prompt, index), sampling.getLogprobs());
        List<Integer> delivered = before == null ? List.of() : before.tokenIds();
        choice.replay(delivered);
        delivered.forEach(chooser::advance);
        int length = prompt.ids().length;
        int[] tokens = Arrays.copyOf(prompt.ids(), length + delivered.size());
        for (int i = 0; i < delivered.size(); i++) {
            tokens[length + i] = delivered.get(i);
        }
        return Lane.ofChoice(promptIndex, new Sequence(order, tokens, length, true, elder), choice, chooser);
    }

    private void checkBias(SamplingRule rule) {
        for (int token : rule.bias().keySet()) {
            if (token >= shape.vocabulary()) {
                String param = "logit_bias." + token;
                throw Refused.invalid(
                        "Invalid value for '" + param + "': expected a token id below " + shape.vocabulary() + ".",
                        param);
            }
        }
    }

    private int maxTokens(InferenceRequested request, Prompt prompt) {
        int length = prompt.ids().length;
        Integer asked = request.getSampling().getMaxTokens();
        long least = (long) length + (asked == null ? 1 : asked);
        if (least > shape.contextTokens()) {
            throw Refused.tooLong(
                    (int) Math.min(least, Integer.MAX_VALUE), shape.contextTokens(), RequestPrompts.paramOf(request));
        }
        return Math.max(1, asked == null ? unasked(shape.contextTokens() - length) : asked);
    }

    /** As much as there is room for, or as the model's makers hold for enough. */
    private int unasked(int room) {
        Integer enough = defaults.maxNewTokens();
        return enough == null ? room : Math.min(room, enough);
    }

    /** What is in a form can only end once it is complete, so there an end is never ignored. */
    private Limits limits(InferenceRequested request, int maxTokens, @Nullable TokenMask mask) {
        Sampling sampling = request.getSampling();
        boolean ignored = sampling.getIgnoreEos() && (mask == null || mask.isFree());
        return new Limits(
                maxTokens,
                sampling.getMinTokens(),
                Choice.ends(defaults.endTokens(), ignored, sampling.getStopTokenIds()),
                sampling.getStop(),
                !request.getParallelToolCalls());
    }

    private @Nullable OutputParser parser(InferenceRequested request, Prompt prompt, int index) {
        OutputFormat format = prompts.formatFor(request, prompt);
        JsonNode tools = prompt.tools();
        return format == null
                ? null
                : new OutputParser(
                        format,
                        prompt.thoughtOpened(),
                        tools == null ? ParameterTypes.NONE : new ToolTypes(tools),
                        call -> callId(request.getRequestId() + "/" + index + "/" + call));
    }

    /** The same for the same call wherever it is made, so that a call can be gone on with elsewhere. */
    private static String callId(String name) {
        UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return "call_" + id.toString().replace("-", "").substring(0, CALL_ID_LENGTH);
    }
}
