package dev.millrace.gpu.generate.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class WordsTest {

    private static final Pattern WORD =
            Pattern.compile("^\\s*\\S+\\s*|\\S+\\s*|^\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    @Test
    void aTextIsTheWordsThatAPatternFindsInIt() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            if (!Character.isSurrogate((char) c)) {
                assertSplits("a" + (char) c + "b");
            }
        }
        Random random = new Random(7);
        String[] pieces = {"a", " ", "\n", "\u2003", "\u00e9", "\ud83d\ude00", "bc", "\t\t"};
        for (int run = 0; run < 2000; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(8); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            assertSplits(text.toString());
        }
    }

    private static void assertSplits(String text) {
        List<String> expected =
                WORD.matcher(text).results().map(MatchResult::group).toList();
        assertThat(Words.of(text)).isEqualTo(expected);
        assertThat(Words.count(text)).isEqualTo(expected.size());
    }
}
