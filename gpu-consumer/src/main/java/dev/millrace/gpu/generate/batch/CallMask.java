package dev.millrace.gpu.generate.batch;

import dev.millrace.gpu.model.Utf8Decoder;
import dev.millrace.gpu.model.parse.OutputParser;
import dev.millrace.gpu.model.schema.FormPlace;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a model free to think, to write and to end until it opens a call; what follows is then kept to the form of one
 * until the call has ended. Where calls begin and end is told by the parser that will read them.
 */
final class CallMask implements TokenMask {

    private final HeldCalls calls;
    private final OutputParser parser;
    private final Utf8Decoder text = new Utf8Decoder();
    private @Nullable FormPlace call;
    private String begunTag = "";
    private int left;
    private int reserved;

    /**
     * @param parser at the beginning of the answer
     * @param room tokens that the answer may have in all
     */
    CallMask(HeldCalls calls, OutputParser parser, int room) {
        this.calls = calls;
        this.parser = parser;
        this.left = room;
    }

    /** A call that was begun where none was held, as a worker of another version may have done, goes on as it began. */
    @Override
    public boolean isFree() {
        FormPlace present = call;
        return present == null ? allowedOutside() == null : present.isAstray();
    }

    @Override
    public @Nullable BitSet allowed() {
        FormPlace present = call;
        if (present == null) {
            return allowedOutside();
        }
        if (present.isAstray()) {
            return null;
        }
        return left <= reserved || present.fills(left) ? present.closing() : present.allowed();
    }

    /** A tag that is spelled out may end within a token, the rest of which is part of the call then. */
    private @Nullable BitSet allowedOutside() {
        return parser.isThinking() ? null : calls.allowedAfter(begunTag);
    }

    @Override
    public void advance(int token) {
        left--;
        if (call != null) {
            call.advance(token);
        }
        byte[] bytes = calls.text(token);
        // Each tag that opens calls or closes them ends so, and has no other in it.
        int from = 0;
        for (int to = 1; to <= bytes.length; to++) {
            if (bytes[to - 1] == '>' || to == bytes.length) {
                parser.push(text.push(Arrays.copyOfRange(bytes, from, to)).take());
                follow(bytes, to);
                from = to;
            }
        }
        begunTag = calls.begun(begunTag, bytes);
    }

    /** @param to what of the token has been read */
    private void follow(byte[] bytes, int to) {
        String tag = parser.openedBy();
        if (tag == null) {
            call = null;
        } else if (call == null) {
            call = calls.opened(tag);
            call.read(HeldCalls.tail(bytes, to));
            reserved = ThoughtMask.reserved(left);
        }
    }
}
