package dev.millrace.ingress.http;

import dev.millrace.ingress.request.ChatReader;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.concurrent.CompletionStage;

/** The chat door. */
@Controller
final class ChatController {

    private final ChatReader reader;
    private final Entrance entrance;

    ChatController(ChatReader reader, Entrance entrance) {
        this.reader = reader;
        this.entrance = entrance;
    }

    @Post(uris = {"/v1/chat/completions", "/api/v1/chat/completions"})
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_EVENT_STREAM, MediaType.ALL})
    @ExecuteOn("requests")
    CompletionStage<HttpResponse<?>> complete(HttpRequest<?> request, @Body byte[] body) {
        return entrance.enter(request, body, reader::read);
    }
}
