package dev.millrace.bench.engine;

import dev.millrace.bench.report.Line;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/** How soon a conversation's second turn begins to be answered, next to its first. */
final class SecondTurn {

    private static final int ROUNDS = 3;
    private static final int FIRST = 1000;
    private static final int ANSWER = 32;
    private static final int QUESTION = 24;

    private SecondTurn() {}

    static Line line(Asker asker) {
        double[] first = new double[ROUNDS];
        double[] second = new double[ROUNDS];
        int cached = 0;
        for (int i = 0; i < ROUNDS; i++) {
            int[] prompt = asker.prompt(FIRST);
            Answer answer = asker.ask(prompt, ANSWER).await();
            first[i] = answer.millisToFirstToken();
            int[] next = Stream.of(prompt, answer.ids(), asker.prompt(QUESTION))
                    .flatMapToInt(Arrays::stream)
                    .toArray();
            Answer then = asker.ask(next, 1).await();
            second[i] = then.millisToFirstToken();
            cached = then.cachedTokens();
        }
        double ratio = Rates.median(second) / Rates.median(first);
        String basis = String.format(
                Locale.ROOT,
                "%.0f ms after %.0f ms, %d of %d tokens cached",
                Rates.median(second),
                Rates.median(first),
                cached,
                FIRST + ANSWER + QUESTION);
        return Line.atMostShare("first token of a second turn, of the first turn's", ratio, 0.15, basis);
    }
}
