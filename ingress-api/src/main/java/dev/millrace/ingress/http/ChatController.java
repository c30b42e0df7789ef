package dev.millrace.ingress.http;

import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.ingress.model.Models;
import dev.millrace.ingress.reply.Exchange;
import dev.millrace.ingress.reply.Exchanges;
import dev.millrace.ingress.reply.Order;
import dev.millrace.ingress.request.ChatCall;
import dev.millrace.ingress.request.ChatReader;
import dev.millrace.reply.RequestId;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The chat door. */
@Controller
final class ChatController {

    private final ChatReader reader;
    private final Models models;
    private final Exchanges exchanges;

    ChatController(ChatReader reader, Models models, Exchanges exchanges) {
        this.reader = reader;
        this.models = models;
        this.exchanges = exchanges;
    }

    @Post(uris = {"/v1/chat/completions", "/api/v1/chat/completions"})
    @Consumes(MediaType.APPLICATION_JSON)
    @ExecuteOn("requests")
    CompletionStage<HttpResponse<?>> complete(HttpRequest<?> request, @Body byte @Nullable [] body) {
        Visit visit = Visit.of(request);
        ChatCall call = reader.read(body == null ? new byte[0] : body);
        ModelCard model = models.find(call.model()).orElseThrow(() -> Refusals.unknownModel(call.model()));
        RequestId id = exchanges.mint();
        visit.name(id.toString());
        Exchange exchange = exchanges.open(
                new Order(id, call, model, visit.caller(), List.of(), null, visit.slot(), visit.arrivedNanos(), null));
        visit.slot().releaseBody();
        visit.onGone(exchange::gone);
        return exchange.reply().thenApply(Answers::of);
    }
}
