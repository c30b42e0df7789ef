package dev.millrace.gpu.model.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tells a model's thought, answer and tool calls apart while its text streams. What has been given after some text
 * depends on that text alone, however it was cut: to go on with a half-delivered choice, push the delivered text and
 * drop what comes of it. Nothing that a model writes makes it throw: what is no call after all is given as text, a
 * mistake inside a call that has begun is passed on in its arguments, and so is what there is of one that was cut off.
 *
 * <pre>{@code
 * OutputParser parser = new OutputParser(format, thoughtOpened, types, index -> "call_" + ...);
 * OutputDelta delta = parser.push(text);   // for each piece of text, special tokens left out or not
 * OutputDelta last = parser.finish();      // at the end, whatever ended it
 * boolean called = parser.calls() > 0;     // then "stop" is reported as "tool_calls"
 * }</pre>
 *
 * <p>Tags that a tokenizer holds as special tokens must be in the text: leave out of a
 * {@link dev.millrace.gpu.model.text.Detokenizer} only special tokens that are no {@link #TAGS}.
 */
public final class OutputParser {

    private static final String OPEN_THOUGHT = "<think>";
    private static final String CLOSE_THOUGHT = "</think>";

    /** What ends an answer; in the middle of one it was but spelled out. */
    private static final List<String> ENDS = List.of("<|im_end|>", "<|endoftext|>", "<｜end▁of▁sentence｜>");

    /** The tags that mean something in some format. */
    public static final List<String> TAGS = List.of(
            OPEN_THOUGHT,
            CLOSE_THOUGHT,
            QwenCalls.OPEN,
            QwenCalls.CLOSE,
            DeepSeekCalls.OPEN_ALL,
            DeepSeekCalls.OPEN,
            "<｜tool▁sep｜>",
            "<｜tool▁call▁end｜>",
            DeepSeekCalls.CLOSE_ALL);

    private enum Place {
        /** Nothing of the answer yet: a thought may open. */
        BEFORE,
        THOUGHT,
        ANSWER
    }

    private final List<String> beforeTags = new ArrayList<>(ENDS);
    private final List<String> thoughtTags = new ArrayList<>(ENDS);
    private final List<String> emptyThoughtTags = new ArrayList<>(ENDS);
    private final List<String> answerTags = new ArrayList<>(ENDS);
    private final TagScanner tags = new TagScanner();
    private final OutputFormat format;
    private final ParameterTypes types;
    private final Deltas deltas;
    private final StringBuilder space = new StringBuilder();
    private Place place;
    private boolean dropSpace;
    private boolean afterCall;
    private @Nullable CallReader reader;
    private String openedBy = "";

    /**
     * @param thoughtOpened whether the prompt ended inside a thought
     * @param types what is known of the parameters of calls
     * @param callIds the id of each call, by its index in the choice
     */
    public OutputParser(OutputFormat format, boolean thoughtOpened, ParameterTypes types, IntFunction<String> callIds) {
        this.format = format;
        this.types = types;
        deltas = new Deltas(callIds);
        switch (format) {
            case PLAIN -> {}
            case QWEN -> answerTags.add(QwenCalls.OPEN);
            case MARKUP -> {
                answerTags.addAll(List.of(QwenCalls.OPEN, QwenCalls.CLOSE));
                types.functions().forEach(name -> answerTags.add(MarkupCalls.FUNCTION + name + ">"));
            }
            case DEEPSEEK -> answerTags.addAll(List.of(DeepSeekCalls.OPEN_ALL, DeepSeekCalls.OPEN));
        }
        beforeTags.addAll(answerTags);
        beforeTags.add(OPEN_THOUGHT);
        thoughtTags.add(CLOSE_THOUGHT);
        // A model may open a thought that the prompt had opened already.
        emptyThoughtTags.addAll(List.of(CLOSE_THOUGHT, OPEN_THOUGHT));
        place = thoughtOpened ? Place.THOUGHT : Place.BEFORE;
        dropSpace = thoughtOpened;
    }

    /** What more text means. */
    public OutputDelta push(String text) {
        for (int i = 0; i < text.length(); i++) {
            accept(text.charAt(i));
        }
        return deltas.take();
    }

    /** What was held back, now that nothing follows. */
    public OutputDelta finish() {
        if (reader != null) {
            // What a call was cut off from is no text, even where it is too short to tell.
            reader.cut();
            reader = null;
            space.setLength(0);
        }
        if (tags.isHolding()) {
            text(tags.take());
        }
        if (place != Place.THOUGHT && !dropSpace && !afterCall) {
            deltas.content(withoutEnds(space.toString()));
        }
        space.setLength(0);
        return deltas.take();
    }

    /** How many tool calls have begun. */
    public int calls() {
        return deltas.calls();
    }

    /** Whether the text is inside a thought. */
    public boolean isThinking() {
        return place == Place.THOUGHT;
    }

    /** The tag that opened the calls that are being read; null outside of any. */
    public @Nullable String openedBy() {
        return reader == null ? null : openedBy;
    }

    private void accept(char next) {
        CallReader current = reader;
        if (current != null) {
            CallReader.Verdict verdict = current.accept(next);
            if (verdict == CallReader.Verdict.MORE) {
                return;
            }
            reader = null;
            if (verdict == CallReader.Verdict.ENDED) {
                return;
            }
            if (verdict == CallReader.Verdict.OPENED) {
                tag(QwenCalls.OPEN);
                return;
            }
            answer(current.raw());
        }
        TagScanner.Found found = tags.accept(next, expected());
        text(found.text());
        tag(found.tag());
    }

    private List<String> expected() {
        return switch (place) {
            case BEFORE -> beforeTags;
            case THOUGHT -> dropSpace ? emptyThoughtTags : thoughtTags;
            case ANSWER -> answerTags;
        };
    }

    private void tag(String tag) {
        openedBy = tag.isEmpty() ? openedBy : tag;
        switch (tag) {
            case OPEN_THOUGHT, CLOSE_THOUGHT -> {
                place = tag.equals(OPEN_THOUGHT) ? Place.THOUGHT : Place.BEFORE;
                space.setLength(0);
                dropSpace = true;
            }
            case QwenCalls.OPEN ->
                reader = format == OutputFormat.QWEN
                        ? new QwenCalls(new Calls())
                        : new MarkupCalls(new Calls(), types, tag);
            case DeepSeekCalls.OPEN_ALL, DeepSeekCalls.OPEN -> reader = new DeepSeekCalls(new Calls(), tag);
            case "" -> {}
            default -> functionOrEnd(tag);
        }
    }

    private void functionOrEnd(String tag) {
        if (tag.startsWith(MarkupCalls.FUNCTION)) {
            reader = new MarkupCalls(new Calls(), types, tag);
        } else if (tag.equals(QwenCalls.CLOSE) && !afterCall) {
            text(tag);
        } else if (!tag.equals(QwenCalls.CLOSE)) {
            // An end: it waits, as space does, for whether anything follows.
            space.append(tag);
        }
    }

    private static String withoutEnds(String space) {
        String left = space;
        for (String end : ENDS) {
            left = left.replace(end, "");
        }
        return left;
    }

    private void text(String text) {
        if (place == Place.THOUGHT) {
            thought(text);
        } else {
            answer(text);
        }
    }

    /** Space waits for what follows it: at the edges of a thought or a call it belongs to nobody. */
    private void thought(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                deltas.reasoning(space.toString() + text.charAt(i));
                space.setLength(0);
                dropSpace = false;
            } else if (!dropSpace) {
                space.append(text.charAt(i));
            }
        }
    }

    private void answer(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                deltas.content(space.toString() + text.charAt(i));
                space.setLength(0);
                dropSpace = false;
                afterCall = false;
                place = Place.ANSWER;
            } else if (!dropSpace) {
                space.append(text.charAt(i));
            }
        }
    }

    private final class Calls implements CallSink {

        @Override
        public void begin(String name) {
            space.setLength(0);
            afterCall = true;
            dropSpace |= place == Place.BEFORE;
            deltas.begin(name);
        }

        @Override
        public void arguments(String more) {
            deltas.arguments(more);
        }
    }
}
