package dev.millrace.gpu.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {

    @Test
    void nothingOfAStopStringIsGivenOut() {
        StopMatcher stop = new StopMatcher(List.of("</s>"));
        assertThat(stop.push("a <")).isEqualTo("a ");
        assertThat(stop.push("/s")).isEmpty();
        assertThat(stop.matched()).isFalse();
        assertThat(stop.push("> b")).isEmpty();
        assertThat(stop.matched()).isTrue();
        assertThat(stop.push("c")).isEmpty();
        assertThat(stop.finish()).isEmpty();
    }

    @Test
    void whatBecameNoStopStringIsGivenOut() {
        StopMatcher stop = new StopMatcher(List.of("\n\nUser", "\n\n\n"));
        assertThat(stop.push("a\n\n")).isEqualTo("a");
        assertThat(stop.push("Us")).isEmpty();
        assertThat(stop.push("a")).isEqualTo("\n\nUsa");
        assertThat(stop.push("\n")).isEmpty();
        assertThat(stop.finish()).isEqualTo("\n");
        assertThat(stop.matched()).isFalse();
    }

    @Test
    void theOneThatIsCompleteFirstWinsAndOfThoseTheLongest() {
        assertThat(all(List.of("abcd", "bc"), "xabcd")).isEqualTo("xa|");
        assertThat(all(List.of("c", "bc", "abc"), "xabcd")).isEqualTo("x|");
        assertThat(all(List.of("", "ab"), "aab")).isEqualTo("a|");
        assertThat(all(List.of("aab"), "aaab")).isEqualTo("a|");
        assertThat(all(List.of("😀"), "😁😀")).isEqualTo("😁|");
    }

    @Test
    void everySplitGivesTheSame() {
        Random random = new Random(7);
        for (int round = 0; round < 3_000; round++) {
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                stops.add(letters(random, 1 + random.nextInt(4)));
            }
            String text = letters(random, random.nextInt(20));
            int first = Integer.MAX_VALUE;
            int start = 0;
            for (String stop : stops) {
                int at = text.indexOf(stop);
                int end = at + stop.length();
                if (at >= 0 && (end < first || (end == first && at < start))) {
                    first = end;
                    start = at;
                }
            }
            String expected = first == Integer.MAX_VALUE ? text : text.substring(0, start) + "|";
            assertThat(all(stops, text)).describedAs("%s in %s", stops, text).isEqualTo(expected);
            assertThat(split(stops, text, random))
                    .describedAs("%s in %s", stops, text)
                    .isEqualTo(expected);
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }

    private static String all(List<String> stops, String text) {
        StopMatcher matcher = new StopMatcher(stops);
        return matcher.push(text) + matcher.finish() + (matcher.matched() ? "|" : "");
    }

    private static String split(List<String> stops, String text, Random random) {
        StopMatcher matcher = new StopMatcher(stops);
        StringBuilder out = new StringBuilder();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(4));
            out.append(matcher.push(text.substring(from, to)));
            from = to;
        }
        return out.append(matcher.finish()).append(matcher.matched() ? "|" : "").toString();
    }
}
