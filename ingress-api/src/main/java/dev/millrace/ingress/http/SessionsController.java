package dev.millrace.ingress.http;

import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.identity.Caller;
import dev.millrace.ingress.session.Sessions;
import dev.millrace.session.Session;
import io.micronaut.http.HttpParameters;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** A caller's own sessions. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class SessionsController {

    private static final long MILLIS = 1000;
    private static final int MAX_LISTED = 100;
    private static final String LIMIT = "limit";

    private final Sessions sessions;

    SessionsController(Sessions sessions) {
        this.sessions = sessions;
    }

    @Get(uris = {"/v1/sessions", "/api/v1/sessions"})
    Map<String, Object> list(HttpRequest<?> request, @QueryValue(defaultValue = "20") int limit) {
        requireKnown(request.getParameters());
        if (limit < 1 || limit > MAX_LISTED) {
            throw Refusals.wrongValue(LIMIT, "an integer from 1 to " + MAX_LISTED);
        }
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("object", "list");
        list.put(
                "data",
                sessions.list(caller(request), limit).stream()
                        .map(SessionsController::json)
                        .toList());
        return list;
    }

    /** An id may have any character that can be printed. */
    @Get(uris = {"/v1/sessions/{+id}", "/api/v1/sessions/{+id}"})
    Map<String, Object> read(HttpRequest<?> request) {
        return json(sessions.read(caller(request), id(request)));
    }

    @Delete(uris = {"/v1/sessions/{+id}", "/api/v1/sessions/{+id}"})
    Map<String, Object> delete(HttpRequest<?> request) {
        String id = id(request);
        sessions.delete(caller(request), id);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("object", "session");
        json.put("deleted", true);
        return json;
    }

    /** A mistyped one would be as good as none. */
    private static void requireKnown(HttpParameters parameters) {
        for (String parameter : new TreeSet<>(parameters.names())) {
            if (!parameter.equals(LIMIT)) {
                throw Refusals.unknown(parameter);
            }
        }
    }

    private static String id(HttpRequest<?> request) {
        return PathEnd.behind("/v1/sessions/", request);
    }

    private static Caller caller(HttpRequest<?> request) {
        return Visit.of(request).caller();
    }

    private static Map<String, Object> json(Session session) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", session.id());
        json.put("object", "session");
        json.put("user_id", session.user());
        json.put("message_count", session.messageCount());
        json.put("token_count", session.tokenCount());
        json.put("created_at", session.createdAtMillis() / MILLIS);
        json.put("last_activity", session.lastActivityMillis() / MILLIS);
        json.put("expires_at", session.expiresAtMillis() / MILLIS);
        json.put("status", session.status().name().toLowerCase(Locale.ROOT));
        return json;
    }
}
