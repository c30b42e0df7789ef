package dev.millrace.gpu.model.schema;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a text that stands bare between the tags of a parameter, up to and with the one that closes it, which is
 * on a line of its own. No tag that means something to whoever reads the call may be in it.
 *
 * @param left what may still come of the text
 * @param tag what was read of what may become a tag
 */
record BareText(StringForm left, String tag) implements Form {

    static final Form CLOSE = Forms.text("\n</parameter>\n");

    private static final Form AFTER_LINE_BREAK = Forms.text("</parameter>\n");
    private static final List<String> TAGS = List.of("</parameter>", "<tool_call>", "</tool_call>");

    static Form of(TextMatcher matcher, int least, int most) {
        return new BareText(StringForm.unquoted(matcher, least, most), "");
    }

    @Override
    public int leastBytes() {
        return (int) Math.min(ENDLESS, (long) left.leastBytes() + CLOSE.leastBytes());
    }

    @Override
    public void read(int octet, @Nullable Stack below, Consumer<@Nullable Stack> next) {
        if (octet == '\n' && left.mayClose()) {
            next.accept(new Stack(AFTER_LINE_BREAK, below));
        }
        String longer = longer(octet);
        StringForm after = TAGS.contains(longer) ? null : left.afterBare(octet);
        if (after != null) {
            next.accept(new Stack(new BareText(after, longer), below));
        }
    }

    private String longer(int octet) {
        String longer = octet == '<' ? "<" : tag.isEmpty() ? "" : tag + (char) octet;
        return TAGS.stream().anyMatch(each -> each.startsWith(longer)) ? longer : "";
    }

    @Override
    public Form within(int characters) {
        return new BareText(left.within(characters), tag);
    }
}
