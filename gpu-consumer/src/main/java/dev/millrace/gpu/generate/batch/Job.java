package dev.millrace.gpu.generate.batch;

import dev.millrace.gpu.generate.Piece;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A task under way: its lanes, and what its sink has been told. Belongs to the loop's thread once it has been added. */
public final class Job {

    private final Outlet outlet;
    private final List<Lane> lanes;
    private final int promptTokens;
    private final int mostSlots;
    private int slots;
    private final Set<Lane> open;
    private boolean usageTold;
    private boolean paused;

    /**
     * @param lanes those that still have something to do, in order of choice
     * @param promptTokens of all its prompts, each counted once
     * @param mostSlots that it takes at once, however many lanes it has
     */
    public Job(Outlet outlet, List<Lane> lanes, int promptTokens, int mostSlots) {
        this.outlet = outlet;
        this.lanes = List.copyOf(lanes);
        this.promptTokens = promptTokens;
        this.mostSlots = mostSlots;
        this.open = new LinkedHashSet<>(lanes);
        this.slots = Math.min(open.size(), mostSlots);
    }

    public Outlet outlet() {
        return outlet;
    }

    /** Slots that it takes now. */
    public int slots() {
        return slots;
    }

    /** Gives up what slots its open lanes do not need any more, and tells how many those are. */
    public int freeSlots() {
        int before = slots;
        slots = Math.min(open.size(), mostSlots);
        return before - slots;
    }

    public List<Lane> lanes() {
        return lanes;
    }

    /** Says what choices have to say before anything is computed: one that had come to its end need only be told so. */
    public void begin() {
        for (Lane lane : lanes) {
            if (lane.choice() != null && lane.choice().isFinished()) {
                say(lane.choice().take());
                open.remove(lane);
            }
        }
    }

    /** Takes what a step brought for one of its lanes, and says what there is to say of it. */
    public void take(Lane lane, @Nullable Chosen chosen) {
        List<Piece> pieces = lane.take(chosen);
        if (!lane.goesOn()) {
            open.remove(lane);
        }
        say(pieces);
    }

    private void say(List<Piece> pieces) {
        for (Piece piece : pieces) {
            outlet.piece(usageTold ? piece : withUsage(piece));
            usageTold = true;
        }
    }

    /** Spares all its lanes their steps, or lets them go on. */
    public void pause(boolean spared) {
        if (spared != paused) {
            paused = spared;
            lanes.forEach(lane -> lane.sequence().pause(spared));
        }
    }

    /** Notes that nothing more is to be done for it. */
    public void end() {
        open.clear();
    }

    /** Whether a lane has something to do still. */
    public boolean isOpen(Lane lane) {
        return open.contains(lane);
    }

    public boolean isDone() {
        return open.isEmpty();
    }

    /** Tokens yet to be read or written. */
    public long backlog() {
        long tokens = 0;
        for (Lane lane : open) {
            tokens += lane.backlog();
        }
        return tokens;
    }

    private Piece withUsage(Piece piece) {
        return new Piece(
                piece.choice(),
                piece.text(),
                piece.reasoning(),
                piece.toolCalls(),
                piece.tokenIds(),
                piece.reasoningTokens(),
                promptTokens,
                cachedTokens(),
                piece.finishReason(),
                piece.logprobs(),
                piece.embedding());
    }

    /** Of each prompt what its first lane found; a prompt that waits still has found nothing. */
    private int cachedTokens() {
        Map<Integer, Integer> found = new HashMap<>();
        List<Lane> firstLast = new ArrayList<>(lanes);
        Collections.reverse(firstLast);
        firstLast.forEach(
                lane -> found.put(lane.prompt(), Math.max(0, lane.sequence().cachedTokens())));
        return found.values().stream().mapToInt(Integer::intValue).sum();
    }
}
