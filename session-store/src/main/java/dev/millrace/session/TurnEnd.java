package dev.millrace.session;

import java.util.List;

/** How a turn ended, and with that what stays of it. */
public sealed interface TurnEnd {

    /**
     * The model answered: the user's messages and the answer join the conversation.
     *
     * @param messages the answer, mostly one message
     * @param tokenCount tokens of the whole conversation, this answer included
     */
    record Answered(List<String> messages, long tokenCount) implements TurnEnd {

        public Answered {
            messages = List.copyOf(messages);
        }
    }

    /**
     * The user stopped it. What was delivered was read, so it stays as the answer; where nothing was, the turn is
     * dropped.
     */
    record Cancelled(List<String> delivered, long tokenCount) implements TurnEnd {

        public Cancelled {
            delivered = List.copyOf(delivered);
        }
    }

    /** It failed, or no longer waits: nothing of it stays, so that the same words can be sent again. */
    record Dropped() implements TurnEnd {}
}
