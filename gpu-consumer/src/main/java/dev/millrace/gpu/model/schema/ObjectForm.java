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
        private final Style style;
        private final List<Member> named;
        private final @Nullable Form otherKey;
        private final Form other;

        Members(Style style, List<Member> named, @Nullable Form otherKey, Form other) {
            this.style = style;
            this.named = List.copyOf(named);
            this.otherKey = otherKey;
            this.other = other;
        }
    }

    /** What stands at the beginning, before the first member and the next one, after a key, and at the end. */
    record Style(Form open, Form first, Form next, Form colon, Form close) {

        static final Style JSON = new Style(
                Forms.text("{"),
                Forms.SPACE,
                Forms.sequence(Forms.SPACE, Forms.text(","), Forms.SPACE),
                Forms.sequence(Forms.SPACE, Forms.text(":"), Forms.SPACE),
                Forms.sequence(Forms.SPACE, Forms.text("}")));

        /** Where keys and values bring their tags along. */
        static final Style TAGS = new Style(
                Forms.sequence(), Forms.sequence(), Forms.sequence(), Forms.sequence(), Forms.text("</function>\n"));
    }

    static Form of(Members members) {
        return Forms.sequence(members.style.open, new ObjectForm(members, new BitSet(), true));
    }

    @Override
    public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
        boolean complete = true;
        boolean goesOn = members.otherKey != null && members.other.leastBytes() < ENDLESS;
        for (int i = 0; i < members.named.size(); i++) {
            if (!seen.get(i)) {
                Member member = members.named.get(i);
                complete &= !member.required;
                goesOn |= member.value.leastBytes() < ENDLESS;
            }
        }
        if (goesOn) {
            Forms.sequence(first ? members.style.first : members.style.next, new NextMember(this))
                    .open(below, readers);
        }
        if (complete) {
            members.style.close.open(below, readers);
        }
    }

    /** One of the members that may follow, after the white space that all of them share, so that it is read once for all. */
    private record NextMember(ObjectForm after) implements Form {

        @Override
        public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
            Members members = after.members;
            for (int i = 0; i < members.named.size(); i++) {
                if (!after.seen.get(i)) {
                    BitSet then = (BitSet) after.seen.clone();
                    then.set(i);
                    open(members.named.get(i).key, members.named.get(i).value, then, below, readers);
                }
            }
            if (members.otherKey != null) {
                open(members.otherKey, members.other, after.seen, below, readers);
            }
        }

        private void open(Form key, Form value, BitSet then, @Nullable Stack below, Consumer<@Nullable Stack> readers) {
            if (value.leastBytes() < ENDLESS) {
                Form rest = new ObjectForm(after.members, then, false);
                Forms.sequence(key, after.members.style.colon, value, rest).open(below, readers);
            }
        }

        /** What is left of the object comes with it: each of its members has the others behind it. */
        @Override
        public int leastBytes() {
            Members members = after.members;
            boolean more = false;
            long shortest = members.otherKey == null
                    ? ENDLESS
                    : (long) members.otherKey.leastBytes() + members.other.leastBytes();
            for (int i = 0; i < members.named.size(); i++) {
                Member member = members.named.get(i);
                if (!after.seen.get(i)) {
                    more |= member.required;
                    shortest = Math.min(shortest, (long) member.key.leastBytes() + member.value.leastBytes());
                }
            }
            long rest = new ObjectForm(members, after.seen, true).leastBytes();
            return (int) Math.min(ENDLESS, more ? rest : rest + shortest + members.style.colon.leastBytes());
        }
    }

    @Override
    public int leastBytes() {
        Style style = members.style;
        long least = style.close.leastBytes();
        boolean alone = first;
        for (int i = 0; i < members.named.size(); i++) {
            Member member = members.named.get(i);
            if (member.required && !seen.get(i)) {
                least += (long) (alone ? style.first : style.next).leastBytes()
                        + member.key.leastBytes()
                        + style.colon.leastBytes()
                        + member.value.leastBytes();
                alone = false;
            }
        }
        return (int) Math.min(ENDLESS, least);
    }
}
