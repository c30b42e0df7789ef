package dev.millrace.billing;

import dev.millrace.event.Failure;
import dev.millrace.event.Outcome;
import dev.millrace.event.Price;
import dev.millrace.event.Priority;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import dev.millrace.event.UsageRecorded;
import dev.millrace.reply.RequestIds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Makes usage records as the settler would, from a seed. */
public final class Usages {

    private final Random random;
    private final RequestIds ids;

    public Usages(long seed) {
        this.random = new Random(seed);
        this.ids = new RequestIds("a secret of the tests", new Random(seed));
    }

    public UsageRecorded at(Instant createdAt) {
        return at(createdAt, "tenant-" + random.nextInt(3), "model-" + random.nextInt(3));
    }

    /** Of the last hours and days. */
    List<UsageRecorded> some(int count) {
        Instant now = Instant.now();
        return IntStream.range(0, count)
                .mapToObj(i -> at(now.minus(Duration.ofMinutes(i * 37L))))
                .toList();
    }

    public UsageRecorded at(Instant createdAt, String tenant, String model) {
        long created = createdAt.toEpochMilli();
        Outcome outcome = Outcome.values()[random.nextInt(3)];
        int input = random.nextInt(1000);
        int output = random.nextInt(1000);
        Failure failure =
                outcome == Outcome.COMPLETED ? null : new Failure(500, "server_error", "x", "it\0broke", null, null);
        return new UsageRecorded(
                ids.mint(created, random.nextInt(8), random.nextInt(1000)).toString(),
                new RequestFacts(
                        model,
                        RequestKind.CHAT,
                        tenant,
                        "user-" + random.nextInt(5),
                        "key-" + random.nextInt(4),
                        random.nextBoolean() ? "session" : null,
                        null,
                        Priority.INTERACTIVE,
                        new Price(250_000L, 30_000L, 1_250_001L),
                        Map.of("a", "b\0"),
                        false),
                outcome,
                failure,
                "echo",
                "echo",
                "worker",
                1,
                input,
                input / 3,
                output,
                output / 2,
                created,
                random.nextBoolean() ? created + 50 : null,
                created + 500);
    }
}
