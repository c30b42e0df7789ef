package dev.millrace.ingress.request;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
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

    public static final LimitConfig LIMITS =
            new LimitConfig(10, 100 << 20, 16 << 20, 100 << 20, 100, 5, 3, 8, 16, 100_000);
    public static final RequestConfig CONFIG =
            new RequestConfig("only for tests, and for nothing else", 300_000, 600_000, 86_400_000, 30_000, 900_000);

    private static final Caller CALLER = new Caller("tenant", "user", "key", 100);
    private static final RequestMaker MAKER = new RequestMaker(CONFIG, LIMITS);

    private final JsonBody json = new JsonBody(LIMITS);
    private final ChatReader chats = new ChatReader(json, LIMITS, new Random(1));
    private final CompletionReader completions = new CompletionReader(json, LIMITS, new Random(1));
    private final EmbeddingReader embeddings = new EmbeddingReader(json, LIMITS);
    private final RequestIds ids = new RequestIds(CONFIG.idSecret(), new Random(2));
    private final Models models = new Models();

    public Requests() {
        AvroLimits.set();
        models.announce("echo@echo", FakeRules.echo());
        models.announce("able@able", FakeRules.able());
    }

    public ChatCall call(String body) {
        return chats.read(body.getBytes(StandardCharsets.UTF_8));
    }

    public ModelCard model(String id) {
        return models.find(id).orElseThrow();
    }

    public InferenceRequested make(byte[] body) {
        return make(chats.read(body));
    }

    public InferenceRequested make(RequestKind door, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return make(
                switch (door) {
                    case CHAT -> chats.read(bytes);
                    case COMPLETION -> completions.read(bytes);
                    case EMBEDDING -> embeddings.read(bytes);
                });
    }

    private InferenceRequested make(Call call) {
        ModelCard model = model(call.model());
        MAKER.check(call, model);
        return MAKER.make(ids.mint(1_800_000_000_000L, 3, 77), call, model, CALLER, List.of(), null);
    }

    public InferenceRequested make(String body) {
        return make(body.getBytes(StandardCharsets.UTF_8));
    }
}
