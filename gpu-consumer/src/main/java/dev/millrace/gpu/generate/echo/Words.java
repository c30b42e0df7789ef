package dev.millrace.gpu.generate.echo;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Echo's tokens: a word with the white space after it. White space before the first word belongs to that word. Only where
 * words end is kept beside the text, because a text may have a million of them.
 */
final class Words extends AbstractList<String> implements RandomAccess {

    private static final Pattern WORD =
            Pattern.compile("^\\s*\\S+\\s*|\\S+\\s*|^\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final int FIRST_ENDS = 16;

    private final String text;
    private final int[] ends;

    private Words(String text, int[] ends) {
        this.text = text;
        this.ends = ends;
    }

    static List<String> of(String text) {
        int[] ends = new int[FIRST_ENDS];
        int count = 0;
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            ends = count < ends.length ? ends : Arrays.copyOf(ends, 2 * count);
            ends[count++] = matcher.end();
        }
        return new Words(text, Arrays.copyOf(ends, count));
    }

    @Override
    public String get(int index) {
        return text.substring(index == 0 ? 0 : ends[index - 1], ends[index]);
    }

    @Override
    public int size() {
        return ends.length;
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
