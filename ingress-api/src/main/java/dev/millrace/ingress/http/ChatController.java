package dev.millrace.ingress.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.limit.Reading;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.ingress.model.Models;
import dev.millrace.ingress.reply.Exchange;
import dev.millrace.ingress.reply.Exchanges;
import dev.millrace.ingress.reply.Order;
import dev.millrace.ingress.reply.Reply;
import dev.millrace.ingress.request.ChatCall;
import dev.millrace.ingress.request.ChatReader;
import dev.millrace.ingress.request.RequestMaker;
import dev.millrace.ingress.session.Turn;
import dev.millrace.ingress.session.Turns;
import dev.millrace.reply.RequestId;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The chat door. */
@Controller
final class ChatController {

    private static final Pattern TRACE_PARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final ChatReader reader;
    private final RequestMaker maker;
    private final Models models;
    private final Turns turns;
    private final Exchanges exchanges;
    private final Reading reading;

    ChatController(
            ChatReader reader, RequestMaker maker, Models models, Turns turns, Exchanges exchanges, Reading reading) {
        this.reader = reader;
        this.maker = maker;
        this.models = models;
        this.turns = turns;
        this.exchanges = exchanges;
        this.reading = reading;
    }

    @Post(uris = {"/v1/chat/completions", "/api/v1/chat/completions"})
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_EVENT_STREAM, MediaType.ALL})
    @ExecuteOn("requests")
    CompletionStage<HttpResponse<?>> complete(HttpRequest<?> request, @Body byte[] body) {
        Visit visit = Visit.of(request);
        visit.slot().bodyHas(body.length);
        try (Reading.Place place = reading.enter(body.length)) {
            return begin(request, visit, body).thenApply(Answers::of);
        }
    }

    private CompletionStage<Reply> begin(HttpRequest<?> request, Visit visit, byte[] body) {
        ChatCall call = reader.read(body);
        ModelCard model = models.find(call.model()).orElseThrow(() -> Refusals.unknownModel(call.model()));
        maker.check(call, model);
        RequestId id = exchanges.mint();
        visit.name(id.toString());
        String trace = traceParent(request);
        String sessionId = call.sessionId();
        return sessionId == null
                ? open(visit, call, model, id, trace, null)
                : turns.begin(visit.caller(), sessionId, id, call.messages(), visit::isThere)
                        .thenCompose(turn -> open(visit, call, model, id, trace, turn));
    }

    private CompletionStage<Reply> open(
            Visit visit, ChatCall call, ModelCard model, RequestId id, @Nullable String trace, @Nullable Turn turn) {
        List<JsonNode> context = turn == null ? List.of() : turn.context();
        Exchange exchange;
        try {
            exchange = exchanges.open(new Order(
                    id,
                    call,
                    model,
                    visit.caller(),
                    context,
                    trace,
                    visit.slot(),
                    visit.arrivedNanos(),
                    turn == null ? null : turn.afterwards()));
        } catch (RuntimeException e) {
            if (turn != null) {
                turn.drop();
            }
            throw e;
        }
        visit.accepted();
        visit.onGone(exchange::gone);
        return exchange.reply();
    }

    private static @Nullable String traceParent(HttpRequest<?> request) {
        String given = request.getHeaders().get(Headers.TRACE_PARENT);
        return given != null && TRACE_PARENT.matcher(given).matches() ? given : null;
    }
}
