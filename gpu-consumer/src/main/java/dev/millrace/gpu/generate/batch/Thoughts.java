package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.Prompt;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.schema.CompiledForm;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.OptionalInt;

/** Lets a model that can think do so before it writes in a form: a thought is free but for the end tokens. */
final class Thoughts {

    private static final byte[] NO_TEXT = {};

    private final Vocabulary vocabulary;
    private final int open;
    private final int close;
    private final BitSet thinkable = new BitSet();
    private final BitSet spaces = new BitSet();

    /** @param ends tokens that may not come within a thought */
    Thoughts(Vocabulary vocabulary, boolean thinks, BitSet ends, int logits) {
        this.vocabulary = vocabulary;
        this.open = thinks ? tag("<think>") : -1;
        this.close = thinks ? tag("</think>") : -1;
        for (int token = 0; token < Math.min(logits, vocabulary.size()); token++) {
            if (vocabulary.contains(token) && !ends.get(token)) {
                thinkable.set(token);
                spaces.set(token, isSpace(token));
            }
        }
    }

    private int tag(String tag) {
        OptionalInt id = vocabulary.id(tag);
        return id.isPresent() && vocabulary.isAdded(id.getAsInt()) ? id.getAsInt() : -1;
    }

    private boolean isSpace(int token) {
        byte[] bytes = vocabulary.bytes(token);
        return bytes.length > 0
                && !vocabulary.isAdded(token)
                && new String(bytes, StandardCharsets.ISO_8859_1).chars().allMatch(c -> " \n\t\r".indexOf(c) >= 0);
    }

    /** @throws Refused where a thought was opened whose end could not be told */
    TokenMask before(CompiledForm form, JsonNode asked, Prompt prompt, int room) {
        if (prompt.thoughtOpened() && close < 0) {
            throw Refused.invalid("This model cannot be kept to a form while it thinks.", "response_format");
        }
        boolean mayThink = open >= 0 && close >= 0 && !isOff(asked) && !isOver(prompt);
        ThoughtMask.Place place = prompt.thoughtOpened()
                ? ThoughtMask.Place.THOUGHT
                : mayThink ? ThoughtMask.Place.BEFORE : ThoughtMask.Place.FORM;
        ThoughtMask.Tokens tokens = new ThoughtMask.Tokens(open, close, thinkable, spaces, this::text);
        return new ThoughtMask(tokens, form.begin(), place, room);
    }

    private byte[] text(int token) {
        return vocabulary.isSpecial(token) ? NO_TEXT : vocabulary.bytes(token);
    }

    private static boolean isOff(JsonNode asked) {
        JsonNode arguments = asked.has("arguments") ? asked.path("arguments") : asked.path("chat_template_kwargs");
        return !arguments.path("enable_thinking").asBoolean(true)
                || !arguments.path("thinking").asBoolean(true);
    }

    /** Whether the template has closed the thought itself. */
    private boolean isOver(Prompt prompt) {
        int at = prompt.ids().length - 1;
        while (at >= 0 && spaces.get(prompt.ids()[at])) {
            at--;
        }
        return at >= 0 && prompt.ids()[at] == close;
    }
}
