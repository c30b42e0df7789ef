package dev.millrace.ingress.request;

import dev.millrace.event.InferenceRequested;
import dev.millrace.ingress.identity.Caller;
import dev.millrace.ingress.limit.LimitConfig;
import dev.millrace.ingress.model.FakeRules;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.ingress.model.Models;
import dev.millrace.reply.RequestIds;
import dev.millrace.topic.AvroLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** From a body to its event, without anything that listens or answers. */
public final class Requests {

    public static final LimitConfig LIMITS = new LimitConfig(10, 100 << 20, 16 << 20, 100, 8, 16, 100_000);
    public static final RequestConfig CONFIG =
            new RequestConfig("only for tests, and for nothing else", 300_000, 600_000, 86_400_000, 30_000, 900_000);

    private static final Caller CALLER = new Caller("tenant", "user", "key", 100);
    private static final RequestMaker MAKER = new RequestMaker(CONFIG, LIMITS);

    private final ChatReader reader = new ChatReader(new JsonBody(LIMITS), LIMITS, new Random(1));
    private final RequestIds ids = new RequestIds(CONFIG.idSecret(), new Random(2));
    private final Models models = new Models();

    public Requests() {
        AvroLimits.set();
        models.announce("echo@echo", FakeRules.echo());
        models.announce("able@able", FakeRules.able());
    }

    public ChatCall call(String body) {
        return reader.read(body.getBytes(StandardCharsets.UTF_8));
    }

    public ModelCard model(String id) {
        return models.find(id).orElseThrow();
    }

    public InferenceRequested make(byte[] body) {
        ChatCall call = reader.read(body);
        ModelCard model = model(call.model());
        MAKER.check(call, model);
        return MAKER.make(ids.mint(1_800_000_000_000L, 3, 77), call, model, CALLER, List.of(), null);
    }

    public InferenceRequested make(String body) {
        return make(body.getBytes(StandardCharsets.UTF_8));
    }
}
