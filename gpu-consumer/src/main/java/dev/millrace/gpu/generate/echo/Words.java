package dev.millrace.gpu.generate.echo;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * Echo's tokens: a word with the white space after it. White space before the first word belongs to that word. Only where
 * words end is kept beside the text, because a text may have a million of them.
 */
final class Words extends AbstractList<String> implements RandomAccess {

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
        for (int end = end(text, 0); end > 0; end = end(text, end)) {
            ends = count < ends.length ? ends : Arrays.copyOf(ends, 2 * count);
            ends[count++] = end;
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
        int count = 0;
        for (int end = end(text, 0); end > 0; end = end(text, end)) {
            count++;
        }
        return count;
    }

    /** Where the word ends that begins here; 0 where none does. */
    private static int end(String text, int begin) {
        int at = begin;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        while (at < text.length() && !isSpace(text.charAt(at))) {
            at++;
        }
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at == begin ? 0 : at;
    }

    /** What Unicode calls white space; a pattern says the same and takes a second for a large prompt. */
    private static boolean isSpace(char c) {
        return Character.isSpaceChar(c) || c >= '\t' && c <= '\r' || c == '\u0085';
    }
}
