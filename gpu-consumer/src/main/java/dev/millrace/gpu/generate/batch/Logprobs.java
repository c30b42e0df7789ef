package dev.millrace.gpu.generate.batch;

import dev.millrace.event.TokenChance;
import dev.millrace.event.TokenLogprob;
import dev.millrace.gpu.model.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Chances as a client reads them. */
final class Logprobs {

    private final Vocabulary vocabulary;

    Logprobs(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    TokenLogprob of(Chosen chosen) {
        List<TokenChance> top = new ArrayList<>();
        for (int i = 0; i < chosen.top().length; i++) {
            top.add(chance(chosen.top()[i], chosen.topLogprobs()[i]));
        }
        return new TokenLogprob(chance(chosen.token(), chosen.logprob()), top);
    }

    private TokenChance chance(int token, float logprob) {
        byte[] bytes = vocabulary.bytes(token);
        return new TokenChance(
                new String(bytes, StandardCharsets.UTF_8), ByteBuffer.wrap(bytes.clone()), (double) logprob);
    }
}
