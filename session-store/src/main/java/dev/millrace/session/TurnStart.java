package dev.millrace.session;

import java.util.List;

/** What came of the wish to begin a turn. */
public sealed interface TurnStart {

    /**
     * It is this turn's turn.
     *
     * @param context the messages of the turns before it, oldest first
     */
    record Begun(List<String> context) implements TurnStart {

        public Begun {
            context = List.copyOf(context);
        }
    }

    /**
     * Another turn has not ended; ask again soon, or the place in the line is lost.
     *
     * @param ahead how many turns come first, the one under way included
     */
    record Waiting(int ahead) implements TurnStart {}
}
