package dev.millrace.gpu.generate.echo;

import dev.millrace.gpu.generate.Delivered;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One answer of an echo under way: a function of the plan and of how many tokens were made. Pure. */
final class EchoChoice {

    static final String STOP = "stop";
    static final String LENGTH = "length";

    private final EchoPlan plan;
    private final StopText stops;
    private int tokens;
    private boolean finished;

    EchoChoice(EchoPlan plan) {
        this(plan, new Delivered(0, List.of(), "", null));
    }

    /** Goes on after what was delivered; text that was made and held back is made again. */
    EchoChoice(EchoPlan plan, Delivered delivered) {
        this.plan = plan;
        this.tokens = delivered.tokenIds().size();
        this.finished = delivered.finishReason() != null;
        StringBuilder held = new StringBuilder();
        int out = delivered.text().length();
        for (int i = 0; i < tokens; i++) {
            String word = plan.word(i);
            held.append(word, Math.min(out, word.length()), word.length());
            out -= Math.min(out, word.length());
        }
        this.stops = new StopText(plan.stops(), held.toString());
        if (tokens > plan.minTokens()) {
            stops.take("");
        }
    }

    boolean isFinished() {
        return finished;
    }

    int tokens() {
        return tokens;
    }

    /** Why it ends now, or null where there is another token to make. */
    @Nullable
    String ending() {
        if (stops.isFound()) {
            return STOP;
        }
        if (tokens >= plan.end()) {
            return STOP;
        }
        return tokens >= plan.limit() ? LENGTH : null;
    }

    /** Makes the next token and gives the text that may be let out. */
    String next() {
        String word = plan.word(tokens++);
        return tokens <= plan.minTokens() ? stops.pass(word) : stops.take(word);
    }

    /** Ends the answer and gives the text that was held back. */
    String finish() {
        finished = true;
        return stops.rest();
    }

    /** Tokens yet to make, at most. */
    int left() {
        return finished ? 0 : Math.max(0, Math.min(plan.end(), plan.limit()) - tokens);
    }
}
