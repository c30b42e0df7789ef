package dev.millrace.gpu.model.schema;

import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left of an object after its opening brace, or after one of its members: the members may come in any order, each
 * of the named ones once.
 *
 * @param members which may be in it
 * @param seen the named members that were read
 * @param first whether nothing was read yet
 */
record ObjectForm(Members members, BitSet seen, boolean first) implements Form {

    /** A member that a schema names. */
    record Member(Form key, Form value, boolean required) {}

    /**
     * What may be in an object. Equal only to itself.
     *
     * @param named the members that the schema names
     * @param otherKey the keys of others; null where there may be none
     * @param other the values of others
     */
    static final class Members {
        private final List<Member> named;
        private final @Nullable Form otherKey;
        private final Form other;

        Members(List<Member> named, @Nullable Form otherKey, Form other) {
            this.named = List.copyOf(named);
            this.otherKey = otherKey;
            this.other = other;
        }
    }

    private static final Form CLOSE = Forms.sequence(Forms.SPACE, Forms.text("}"));
    private static final Form NEXT = Forms.sequence(Forms.SPACE, Forms.text(","), Forms.SPACE);
    private static final Form COLON = Forms.sequence(Forms.SPACE, Forms.text(":"), Forms.SPACE);

    static Form of(Members members) {
        return Forms.sequence(Forms.text("{"), new ObjectForm(members, new BitSet(), true));
    }

    @Override
    public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
        boolean complete = true;
        for (int i = 0; i < members.named.size(); i++) {
            if (!seen.get(i)) {
                Member member = members.named.get(i);
                complete &= !member.required;
                BitSet then = (BitSet) seen.clone();
                then.set(i);
                open(member.key, member.value, then, below, readers);
            }
        }
        if (members.otherKey != null) {
            open(members.otherKey, members.other, seen, below, readers);
        }
        if (complete) {
            CLOSE.open(below, readers);
        }
    }

    private void open(Form key, Form value, BitSet then, @Nullable Stack below, Consumer<@Nullable Stack> readers) {
        if (value.leastBytes() >= ENDLESS) {
            return;
        }
        Form rest = new ObjectForm(members, then, false);
        Forms.sequence(first ? Forms.SPACE : NEXT, key, COLON, value, rest).open(below, readers);
    }

    @Override
    public int leastBytes() {
        long least = 1;
        boolean alone = first;
        for (int i = 0; i < members.named.size(); i++) {
            Member member = members.named.get(i);
            if (member.required && !seen.get(i)) {
                least += (alone ? 1L : 2L) + member.key.leastBytes() + member.value.leastBytes();
                alone = false;
            }
        }
        return (int) Math.min(ENDLESS, least);
    }
}
