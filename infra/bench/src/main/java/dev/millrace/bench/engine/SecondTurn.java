package dev.millrace.bench.engine;

import dev.millrace.bench.report.Line;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How soon a conversation's second turn begins to be answered, next to its first.
 *
 * @param firstMillis until the first turn's first token
 * @param secondMillis until the second turn's
 * @param cached tokens of the second turn that had not to be read again
 */
record SecondTurn(double firstMillis, double secondMillis, int cached) {

    private static final int ROUNDS = 3;
    private static final int FIRST = 1000;
    private static final int ANSWER = 32;
    private static final int QUESTION = 24;

    static SecondTurn of(Asker asker) {
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
        return new SecondTurn(Rates.median(first), Rates.median(second), cached);
    }

    /** Held to what a processor has to do, where reading a prompt takes long. */
    Line judged() {
        return Line.atMostShare(
                "first token of a second turn, of the first turn's", secondMillis / firstMillis, 0.15, inWords());
    }

    Line told(String name) {
        return Line.told(name + "first token of a second turn", inWords(), "");
    }

    private String inWords() {
        return String.format(
                Locale.ROOT,
                "%.0f ms after %.0f ms, %d of %d tokens cached",
                secondMillis,
                firstMillis,
                cached,
                FIRST + ANSWER + QUESTION);
    }
}
