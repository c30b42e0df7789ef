package dev.millrace.gpu.generate.batch;

import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.parse.OutputDelta;
import dev.millrace.gpu.model.parse.OutputParser;
import dev.millrace.gpu.model.text.StopMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One answer in the making: its tokens in, pieces of it out. What it has said after some tokens depends on them alone,
 * so going on elsewhere is to push what was delivered and to drop what comes of it.
 */
public final class Choice {

    /** Tokens without a visible text that may gather before they are delivered all the same. */
    private static final int MOST_HELD = 16;

    private final int index;
    private final Limits limits;
    private final Voice voice;
    private final StopMatcher stop;
    private final Logprobs logprobs;
    private final boolean tellsLogprobs;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<ToolCallDelta> toolCalls = new ArrayList<>();
    private final List<Integer> tokenIds = new ArrayList<>();
    private final List<TokenLogprob> chances = new ArrayList<>();
    private int reasoningTokens;
    private int tokens;
    private @Nullable String finishReason;
    private boolean finishTold;

    /** @param parser none for a bare completion */
    public Choice(
            int index, Limits limits, Vocabulary vocabulary, @Nullable OutputParser parser, boolean tellsLogprobs) {
        this.index = index;
        this.limits = limits;
        this.voice = new Voice(vocabulary, parser);
        this.stop = new StopMatcher(limits.stops());
        this.logprobs = new Logprobs(vocabulary);
        this.tellsLogprobs = tellsLogprobs;
    }

    public int index() {
        return index;
    }

    public boolean isFinished() {
        return finishReason != null;
    }

    /** Tokens that it may still get. */
    public int remaining() {
        return isFinished() ? 0 : limits.maxTokens() - tokens;
    }

    public void push(Chosen chosen) {
        if (isFinished()) {
            throw new IllegalStateException("choice " + index + " has ended");
        }
        tokens++;
        tokenIds.add(chosen.token());
        if (limits.ends().contains(chosen.token())) {
            finish("stop");
            return;
        }
        if (tellsLogprobs) {
            chances.add(logprobs.of(chosen));
        }
        boolean wasThinking = voice.isThinking();
        say(voice.push(chosen.token()));
        reasoningTokens += wasThinking || voice.isThinking() ? 1 : 0;
        if (stop.matched()) {
            finishReason = "stop";
        } else if (limits.oneCall() && voice.calls() > 1) {
            text.append(stop.finish());
            finishReason = "tool_calls";
        } else if (tokens == limits.maxTokens()) {
            finish("length");
        }
    }

    /** Goes on after tokens that were delivered, with what was said of them. */
    public void replay(List<Integer> delivered) {
        for (int token : delivered) {
            if (!isFinished()) {
                push(Chosen.bare(token));
            }
        }
        text.setLength(0);
        reasoning.setLength(0);
        toolCalls.clear();
        tokenIds.clear();
        chances.clear();
        reasoningTokens = 0;
    }

    private void finish(String reason) {
        say(voice.finish());
        boolean matched = stop.matched();
        text.append(stop.finish());
        finishReason = matched ? "stop" : reason;
        if (finishReason.equals("stop") && !matched && voice.calls() > 0) {
            finishReason = "tool_calls";
        }
    }

    private void say(OutputDelta delta) {
        if (tokens <= limits.minTokens()) {
            text.append(delta.content());
        } else {
            text.append(stop.push(delta.content()));
        }
        reasoning.append(delta.reasoning());
        delta.toolCalls().stream()
                .filter(call -> !limits.oneCall() || call.getIndex() == 0)
                .forEach(toolCalls::add);
    }

    /** What there is to deliver now, if anything. */
    public List<Piece> take() {
        List<Piece> pieces = new ArrayList<>();
        boolean visible = !text.isEmpty() || !reasoning.isEmpty() || !toolCalls.isEmpty();
        if (visible || (!isFinished() && tokenIds.size() >= MOST_HELD)) {
            pieces.add(piece(null));
        }
        if (isFinished() && !finishTold) {
            pieces.add(piece(finishReason));
            finishTold = true;
        }
        return pieces;
    }

    private Piece piece(@Nullable String reason) {
        Piece piece = new Piece(
                index,
                text.toString(),
                reasoning.toString(),
                toolCalls,
                tokenIds,
                reasoningTokens,
                null,
                null,
                reason,
                tellsLogprobs ? List.copyOf(chances) : null,
                null);
        text.setLength(0);
        reasoning.setLength(0);
        toolCalls.clear();
        tokenIds.clear();
        chances.clear();
        reasoningTokens = 0;
        return piece;
    }

    /** The tokens that end a choice: the model's own unless they are to be ignored, and those that were asked for. */
    public static Set<Integer> ends(List<Integer> ofModel, boolean ignored, List<Integer> wanted) {
        Set<Integer> ends = new HashSet<>(wanted);
        if (!ignored) {
            ends.addAll(ofModel);
        }
        return ends;
    }
}
