package dev.millrace.gpu.generate.batch;

import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.parse.OutputDelta;
import dev.millrace.gpu.model.parse.OutputParser;
import dev.millrace.gpu.model.text.Detokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens to what they say: text, told apart by a parser where it is a chat's. */
final class Voice {

    private final Detokenizer text;
    private final @Nullable OutputParser parser;

    /** @param parser none for a bare completion, whose text is all content */
    Voice(Vocabulary vocabulary, @Nullable OutputParser parser) {
        this.parser = parser;
        // A tag that the parser knows must reach it, even where the tokenizer calls it special.
        this.text =
                new Detokenizer(vocabulary, parser == null ? vocabulary::isSpecial : id -> isSilent(vocabulary, id));
    }

    /** Whether a token adds nothing to what a parser reads. */
    static boolean isSilent(Vocabulary vocabulary, int id) {
        return vocabulary.isSpecial(id) && !isTag(vocabulary, id);
    }

    private static boolean isTag(Vocabulary vocabulary, int id) {
        return OutputParser.TAGS.contains(vocabulary.decode(new int[] {id}, false));
    }

    OutputDelta push(int token) {
        return parsed(text.push(token));
    }

    OutputDelta finish() {
        OutputDelta rest = parsed(text.finish());
        return parser == null ? rest : joined(rest, parser.finish());
    }

    boolean isThinking() {
        return parser != null && parser.isThinking();
    }

    int calls() {
        return parser == null ? 0 : parser.calls();
    }

    private OutputDelta parsed(String more) {
        return parser == null ? new OutputDelta(more, "", List.of()) : parser.push(more);
    }

    private static OutputDelta joined(OutputDelta a, OutputDelta b) {
        List<ToolCallDelta> calls = new ArrayList<>(a.toolCalls());
        calls.addAll(b.toolCalls());
        return new OutputDelta(a.content() + b.content(), a.reasoning() + b.reasoning(), calls);
    }
}
