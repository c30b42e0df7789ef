package dev.millrace.gpu.generate.batch;

import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.schema.CompiledForm;
import dev.millrace.gpu.model.schema.FormPlace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tags with which a model may open calls, and the forms of what follows. Shared by all who have the same tools. */
final class HeldCalls {

    private static final byte[] NO_TEXT = {};
    private static final byte TAG_END = '>';

    private final Vocabulary vocabulary;
    private final Map<String, CompiledForm> forms = new LinkedHashMap<>();

    /** By what of a tag has been spelled out, bytes as characters, what may come next; nothing where anything may. */
    private final Map<String, BitSet> allowed = new HashMap<>();

    /**
     * @param forms by the tag that opens them
     * @param logits ids from here on cannot be chosen
     */
    HeldCalls(Vocabulary vocabulary, Map<String, CompiledForm> forms, int logits) {
        this.vocabulary = vocabulary;
        forms.forEach((tag, form) -> this.forms.put(octets(tag.getBytes(StandardCharsets.UTF_8)), form));
        BitSet all = new BitSet();
        all.set(0, logits);
        Map<String, BitSet> barred = barred(logits);
        Map<BitSet, BitSet> same = new HashMap<>();
        barred.forEach((begun, tokens) -> {
            BitSet others = (BitSet) all.clone();
            others.andNot(tokens);
            others.andNot(barred.getOrDefault("", tokens));
            allowed.put(begun, same.computeIfAbsent(others, mask -> mask));
        });
    }

    private static String octets(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Tokens that end a tag and go on as no call does, by what of the tag stands before them. */
    private Map<String, BitSet> barred(int logits) {
        Map<String, BitSet> barred = new HashMap<>();
        for (int token = 0; token < Math.min(logits, vocabulary.size()); token++) {
            byte[] spelled = text(token);
            for (int at = 0; at < spelled.length - 1; at++) {
                if (spelled[at] == TAG_END) {
                    bar(token, octets(spelled).substring(0, at + 1), tail(spelled, at + 1), barred);
                }
            }
        }
        return barred;
    }

    private void bar(int token, String end, byte[] rest, Map<String, BitSet> barred) {
        forms.forEach((tag, form) -> {
            if ((tag.endsWith(end) || end.endsWith(tag)) && isAstray(form, rest)) {
                String begun = tag.substring(0, Math.max(0, tag.length() - end.length()));
                barred.computeIfAbsent(begun, none -> new BitSet()).set(token);
            }
        });
    }

    private static boolean isAstray(CompiledForm form, byte[] rest) {
        FormPlace place = form.begin();
        place.read(rest);
        return place.isAstray();
    }

    static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    /** What a token adds to the text. */
    byte[] text(int token) {
        return Voice.isSilent(vocabulary, token) ? NO_TEXT : vocabulary.bytes(token);
    }

    /** What of a tag a text has begun to spell out, by what it had before and what came since; mostly nothing. */
    String begun(String before, byte[] more) {
        String said = before + octets(more);
        int at = said.lastIndexOf('<');
        if (at < 0) {
            return "";
        }
        String last = said.substring(at);
        boolean goesOn = forms.keySet().stream().anyMatch(tag -> tag.length() > last.length() && tag.startsWith(last));
        return goesOn ? last : "";
    }

    /** What may come after so much of a tag; null where anything may. */
    @Nullable
    BitSet allowedAfter(String begun) {
        BitSet after = allowed.get(begun);
        return after == null && !begun.isEmpty() ? allowed.get("") : after;
    }

    /** The beginning of what follows a tag. */
    FormPlace opened(String tag) {
        CompiledForm form = forms.get(octets(tag.getBytes(StandardCharsets.UTF_8)));
        if (form == null) {
            throw new IllegalStateException("no call is opened by " + tag);
        }
        return form.begin();
    }
}
