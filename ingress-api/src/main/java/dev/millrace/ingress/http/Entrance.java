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
import dev.millrace.ingress.request.Call;
import dev.millrace.ingress.request.ChatCall;
import dev.millrace.ingress.request.RequestMaker;
import dev.millrace.ingress.session.Turn;
import dev.millrace.ingress.session.Turns;
import dev.millrace.reply.RequestId;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way of a checked request, through whichever door it came, to its answer. */
@Singleton
final class Entrance {

    private static final Pattern TRACE_PARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final RequestMaker maker;
    private final Models models;
    private final Turns turns;
    private final Exchanges exchanges;
    private final Reading reading;

    Entrance(RequestMaker maker, Models models, Turns turns, Exchanges exchanges, Reading reading) {
        this.maker = maker;
        this.models = models;
        this.turns = turns;
        this.exchanges = exchanges;
        this.reading = reading;
    }

    /** @param reader makes a request of the body, or refuses it */
    CompletionStage<HttpResponse<?>> enter(
            HttpRequest<?> request, byte[] body, Function<byte[], ? extends Call> reader) {
        Visit visit = Visit.of(request);
        visit.bodyIsHere();
        visit.slot().bodyHas(body.length);
        try (Reading.Place place = reading.enter(body.length)) {
            return begin(request, visit, reader.apply(body)).thenApply(Answers::of);
        }
    }

    private CompletionStage<Reply> begin(HttpRequest<?> request, Visit visit, Call call) {
        ModelCard model = models.find(call.model()).orElseThrow(() -> Refusals.unknownModel(call.model()));
        maker.check(call, model);
        RequestId id = exchanges.mint();
        visit.name(id.toString());
        String trace = traceParent(request);
        String sessionId = call instanceof ChatCall chat ? chat.sessionId() : null;
        return call instanceof ChatCall chat && sessionId != null
                ? turns.begin(visit.caller(), sessionId, id, chat.messages(), visit::isThere)
                        .thenCompose(turn -> open(visit, call, model, id, trace, turn))
                : open(visit, call, model, id, trace, null);
    }

    private CompletionStage<Reply> open(
            Visit visit, Call call, ModelCard model, RequestId id, @Nullable String trace, @Nullable Turn turn) {
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
