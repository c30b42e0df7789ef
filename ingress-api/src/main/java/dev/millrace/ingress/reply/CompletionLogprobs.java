package dev.millrace.ingress.reply;

import dev.millrace.event.TokenChance;
import dev.millrace.event.TokenLogprob;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The chances of one choice's tokens in the form of completions: columns, with each token's place in the text. */
final class CompletionLogprobs {

    private static final int LEAD_BITS = 0xC0;
    private static final int CONTINUES = 0x80;

    private int characters;

    /** Writes those of the next tokens. */
    void write(StringBuilder json, @Nullable List<TokenLogprob> logprobs) {
        if (logprobs == null) {
            json.append("null");
            return;
        }
        StringBuilder tokens = new StringBuilder();
        StringBuilder chances = new StringBuilder();
        StringBuilder tops = new StringBuilder();
        StringBuilder offsets = new StringBuilder();
        for (TokenLogprob logprob : logprobs) {
            String comma = tokens.isEmpty() ? "" : ",";
            TokenChance chosen = logprob.getChosen();
            Json.string(tokens.append(comma), chosen.getToken());
            chances.append(comma).append(chosen.getLogprob());
            top(tops.append(comma), logprob);
            offsets.append(comma).append(characters);
            characters += begun(chosen.getBytes());
        }
        json.append("{\"tokens\":[").append(tokens);
        json.append("],\"token_logprobs\":[").append(chances);
        json.append("],\"top_logprobs\":[").append(tops);
        json.append("],\"text_offset\":[").append(offsets).append("]}");
    }

    /** The likeliest tokens, and the chosen one if it is none of them. A name can stand for one token only: the best. */
    private static void top(StringBuilder json, TokenLogprob logprob) {
        Set<String> named = new HashSet<>();
        json.append('{');
        for (TokenChance chance : logprob.getTop()) {
            member(json, chance, named);
        }
        member(json, logprob.getChosen(), named);
        json.append('}');
    }

    private static void member(StringBuilder json, TokenChance chance, Set<String> named) {
        if (named.add(chance.getToken())) {
            Json.string(json.append(named.size() == 1 ? "" : ","), chance.getToken());
            json.append(':').append(chance.getLogprob());
        }
    }

    /** Characters that begin in these bytes, so that one in pieces counts once. */
    private static int begun(ByteBuffer utf8) {
        ByteBuffer bytes = utf8.duplicate();
        int begun = 0;
        while (bytes.hasRemaining()) {
            begun += (bytes.get() & LEAD_BITS) == CONTINUES ? 0 : 1;
        }
        return begun;
    }
}
