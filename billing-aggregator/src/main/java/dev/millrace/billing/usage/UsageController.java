package dev.millrace.billing.usage;

import io.micronaut.http.HttpParameters;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was used, for the ingress, which asks in the name of its caller. Without a tenant it is everybody's, so nobody
 * but the ingress and operators must reach this port.
 */
@Controller("/v1/usage")
@ExecuteOn(TaskExecutors.BLOCKING)
class UsageController {

    private static final Logger LOG = LoggerFactory.getLogger(UsageController.class);
    private static final String TENANT = "X-Millrace-Tenant";
    private static final String RETRY_AFTER_SECONDS = "2";

    private static final Set<String> PARAMETERS = Set.of("from", "to", "model");

    private final UsageQueries queries;
    private final Clock clock;

    UsageController(UsageQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    @Get
    UsageReport usage(
            HttpRequest<?> request,
            @Nullable @QueryValue String from,
            @Nullable @QueryValue String to,
            @Nullable @QueryValue String model,
            @Nullable @Header(TENANT) String tenant) {
        requireKnown(request.getParameters());
        Span span = Moments.span(from, to, clock);
        String onlyModel = model == null || model.isEmpty() ? null : model;
        if (onlyModel != null && onlyModel.indexOf('\0') >= 0) {
            throw new InvalidParameterException("model", "'model' must be the name of a model.");
        }
        return UsageReport.of(span, queries.byModel(span, tenant, onlyModel));
    }

    /** A mistyped or repeated one would give the usage of another time or model as if it had been asked for. */
    private static void requireKnown(HttpParameters parameters) {
        for (String parameter : new TreeSet<>(parameters.names())) {
            if (!PARAMETERS.contains(parameter)) {
                throw new InvalidParameterException(
                        parameter, "There is no parameter '" + parameter + "' but from, to and model.");
            }
            if (parameters.getAll(parameter).size() > 1) {
                throw new InvalidParameterException(parameter, "There can be only one '" + parameter + "'.");
            }
        }
    }

    @Error(exception = InvalidParameterException.class)
    HttpResponse<ErrorBody> invalid(InvalidParameterException e) {
        return HttpResponse.badRequest(
                ErrorBody.of(String.valueOf(e.getMessage()), "invalid_request_error", e.parameter(), "invalid_value"));
    }

    /** The ledger is away, or its tables are not there yet. */
    @Error
    HttpResponse<ErrorBody> unavailable(Exception e) {
        LOG.warn("Usage cannot be told: {}", e.toString());
        return HttpResponse.<ErrorBody>status(HttpStatus.SERVICE_UNAVAILABLE)
                .header("retry-after", RETRY_AFTER_SECONDS)
                .body(ErrorBody.of(
                        "The ledger does not answer right now.", "server_error", null, "ledger_unavailable"));
    }

    record ErrorBody(Detail error) {

        record Detail(
                String message,
                String type,
                @Nullable String param,
                @Nullable String code) {}

        static ErrorBody of(String message, String type, @Nullable String param, String code) {
            return new ErrorBody(new Detail(message, type, param, code));
        }
    }
}
