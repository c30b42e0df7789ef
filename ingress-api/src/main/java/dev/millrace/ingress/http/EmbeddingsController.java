package dev.millrace.ingress.http;

import dev.millrace.ingress.request.EmbeddingReader;
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

/** The door for vectors of texts. */
@Controller
final class EmbeddingsController {

    private final EmbeddingReader reader;
    private final Entrance entrance;

    EmbeddingsController(EmbeddingReader reader, Entrance entrance) {
        this.reader = reader;
        this.entrance = entrance;
    }

    @Post(uris = {"/v1/embeddings", "/api/v1/embeddings"})
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({MediaType.APPLICATION_JSON, MediaType.ALL})
    @ExecuteOn("requests")
    CompletionStage<HttpResponse<?>> embed(HttpRequest<?> request, @Body byte[] body) {
        return entrance.enter(request, body, reader::read);
    }
}
