package dev.millrace.gpu.generate.echo;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One echo under way: each step adds to every choice that has not ended. */
final class EchoStream {

    /** What is said of an error of ours. */
    static final Failure BROKEN = new Failure(500, "server_error", "worker_error", "The worker failed.", null, null);

    private static final int FAIL_AFTER_TOKENS = 3;

    /** What may be said in one step where no pace is set. */
    private static final int STEP_TOKENS = 64;

    /** A word may be as long as a prompt: past so many characters no other is added in the same step. */
    private static final int STEP_CHARS = 64 << 10;

    private final EchoPlan plan;
    private final Sink sink;
    private final Runnable crash;
    private final List<EchoChoice> choices = new ArrayList<>();
    private boolean counted;

    EchoStream(EchoPlan plan, List<Delivered> delivered, Sink sink, Runnable crash) {
        this.plan = plan;
        this.sink = sink;
        this.crash = crash;
        for (int i = 0; i < plan.choices(); i++) {
            int index = i;
            choices.add(delivered.stream()
                    .filter(one -> one.choice() == index)
                    .findFirst()
                    .map(one -> new EchoChoice(plan, one))
                    .orElseGet(() -> new EchoChoice(plan)));
        }
    }

    /** Makes a step; false where it was the last. */
    boolean step() {
        if (fails()) {
            return false;
        }
        for (int i = 0; i < choices.size(); i++) {
            if (!choices.get(i).isFinished() && !isBehind()) {
                lengthen(i, choices.get(i));
            }
        }
        boolean done = choices.stream().allMatch(EchoChoice::isFinished);
        if (done) {
            sink.finished();
        }
        return !done;
    }

    /** Ends it where a step went wrong. */
    void breakOff() {
        sink.failed(BROKEN);
    }

    boolean isHanging() {
        return plan.fault() == EchoFault.HANG;
    }

    boolean isBehind() {
        return sink.isBehind();
    }

    int tokenMillis() {
        return plan.tokenMillis();
    }

    long tokensLeft() {
        return choices.stream().mapToLong(EchoChoice::left).sum();
    }

    private boolean fails() {
        if (plan.fault() == EchoFault.CRASH) {
            crash.run();
        }
        boolean due = plan.fault() == EchoFault.BEFORE_FIRST_TOKEN
                || plan.fault() == EchoFault.AFTER_3_TOKENS && choices.get(0).tokens() >= FAIL_AFTER_TOKENS;
        if (due) {
            sink.failed(new Failure(500, "server_error", "echo_failed", "It failed as it was asked to.", null, null));
        }
        return due;
    }

    private void lengthen(int index, EchoChoice choice) {
        int most = plan.fault() == EchoFault.AFTER_3_TOKENS || plan.tokenMillis() > 0 ? 1 : STEP_TOKENS;
        StringBuilder text = new StringBuilder();
        List<Integer> ids = new ArrayList<>();
        while (ids.size() < most && text.length() < STEP_CHARS && choice.ending() == null) {
            ids.add(choice.tokens());
            text.append(choice.next());
        }
        String ending = choice.ending();
        if (ending != null) {
            text.append(choice.finish());
        }
        if (!ids.isEmpty() || !text.isEmpty()) {
            say(index, text.toString(), ids, null);
        }
        if (ending != null) {
            say(index, "", List.of(), ending);
        }
    }

    private void say(int index, String text, List<Integer> ids, @Nullable String finishReason) {
        Integer prompt = counted ? null : (Integer) plan.promptTokens();
        Integer cached = counted ? null : (Integer) 0;
        counted = true;
        sink.piece(new Piece(index, text, "", List.of(), ids, 0, prompt, cached, finishReason, null, null));
    }
}
