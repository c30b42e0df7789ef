package dev.millrace.ingress.http;

import dev.millrace.event.Price;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.ingress.model.Models;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The models that can be asked for. */
@Controller
final class ModelsController {

    private static final long MILLIS = 1000;

    private final Models models;

    ModelsController(Models models) {
        this.models = models;
    }

    @Get(uris = {"/v1/models", "/api/v1/models"})
    Map<String, Object> list() {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("object", "list");
        list.put("data", models.list().stream().map(ModelsController::json).toList());
        return list;
    }

    /** An id may have slashes, as those of hubs do. */
    @Get(uris = {"/v1/models/{+id}", "/api/v1/models/{+id}"})
    Map<String, Object> find(HttpRequest<?> request) {
        String id = PathEnd.behind("/v1/models/", request);
        return json(models.find(id).orElseThrow(() -> Refusals.unknownModel(id)));
    }

    private static Map<String, Object> json(ModelCard model) {
        Price price = model.price();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", model.id());
        json.put("object", "model");
        json.put("created", model.createdAtMillis() / MILLIS);
        json.put("owned_by", model.provider());
        json.put("provider", model.provider());
        json.put("description", model.description());
        json.put("context_length", model.contextTokens());
        json.put("max_output_tokens", model.maxOutputTokens());
        json.put(
                "capabilities",
                model.capabilities().stream()
                        .map(capability -> capability.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList());
        json.put(
                "pricing",
                Map.of(
                        "input_micros_per_million_tokens", price.getInputMicrosPerMillion(),
                        "cached_input_micros_per_million_tokens", price.getCachedMicrosPerMillion(),
                        "output_micros_per_million_tokens", price.getOutputMicrosPerMillion()));
        return json;
    }
}
