package dev.millrace.gpu.generate.echo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Echo's tokens: a word with the white space after it. White space before the first word belongs to that word. */
final class Words {

    private static final Pattern WORD =
            Pattern.compile("^\\s*\\S+\\s*|\\S+\\s*|^\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private Words() {}

    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }

    static int count(String text) {
        Matcher matcher = WORD.matcher(text);
        int count = 0;
        while (matcher.find()) {
            count++;
        }
        return count;
    }
}
