package dev.millrace.ingress.error;

import dev.millrace.event.Failure;
import org.jspecify.annotations.Nullable;

/** The reasons for which this door itself turns a request away. Names of fields come from clients, so they are cut. */
public final class Refusals {

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final String SERVER_ERROR = "server_error";
    private static final int MAX_PARAM_CHARS = 200;

    private Refusals() {}

    /** A field, or the whole body where there is no field to name, is not what it must be. */
    public static RefusedException invalid(@Nullable String param, @Nullable String code, String message) {
        return refusal(400, INVALID_REQUEST, code, message, param, null);
    }

    public static RefusedException wrongType(String param, String expected, String found) {
        return invalid(
                param,
                "invalid_type",
                "Invalid type for '" + cut(param) + "': expected " + expected + ", but got " + found + ".");
    }

    public static RefusedException wrongValue(String param, String expected) {
        return invalid(param, "invalid_value", "Invalid value for '" + cut(param) + "': expected " + expected + ".");
    }

    public static RefusedException missing(String param) {
        return invalid(param, "missing_required_parameter", "Missing required parameter: '" + cut(param) + "'.");
    }

    public static RefusedException unknown(String param) {
        return invalid(param, "unknown_parameter", "Unrecognized request argument supplied: " + cut(param));
    }

    /** The field is a good one, but not with this model or not with this service. */
    public static RefusedException unsupported(String param, String why) {
        return invalid(param, "unsupported_parameter", "'" + cut(param) + "' is not supported here: " + why + ".");
    }

    public static RefusedException unauthenticated(String message) {
        return refusal(401, INVALID_REQUEST, "invalid_api_key", message, null, null);
    }

    public static RefusedException unknownModel(String model) {
        return refusal(
                404,
                INVALID_REQUEST,
                "model_not_found",
                "The model '" + cut(model) + "' does not exist or you do not have access to it.",
                "model",
                null);
    }

    public static RefusedException tooLarge(String message) {
        return refusal(413, INVALID_REQUEST, "request_too_large", message, null, null);
    }

    public static RefusedException unsupportedEncoding() {
        return refusal(
                415,
                INVALID_REQUEST,
                "unsupported_media_type",
                "The body may be compressed with gzip or deflate, and not otherwise.",
                null,
                null);
    }

    public static RefusedException notFound(String param, String code, String message) {
        return refusal(404, INVALID_REQUEST, code, message, param, null);
    }

    public static RefusedException conflict(String param, String code, String message, long retryAfterMillis) {
        return refusal(409, INVALID_REQUEST, code, message, param, retryAfterMillis);
    }

    public static RefusedException forbidden(String param, String message) {
        return refusal(403, INVALID_REQUEST, "permission_denied", message, param, null);
    }

    /** A browser asks for a page of another origin than those that are allowed. */
    public static RefusedException strangeOrigin(String origin) {
        return refusal(
                403,
                INVALID_REQUEST,
                "origin_not_allowed",
                "Pages of " + cut(origin) + " may not ask this service; micronaut.server.cors allows origins.",
                null,
                null);
    }

    public static RefusedException overloaded(String message, long retryAfterMillis) {
        return refusal(503, SERVER_ERROR, "overloaded", message, null, retryAfterMillis);
    }

    public static RefusedException unavailable(
            @Nullable String param, String code, String message, long retryAfterMillis) {
        return refusal(503, SERVER_ERROR, code, message, param, retryAfterMillis);
    }

    public static Failure deadlineExceeded() {
        return failure(504, SERVER_ERROR, "deadline_exceeded", "The request did not end in time.", null, null);
    }

    public static Failure internal() {
        return failure(500, SERVER_ERROR, "internal_error", "Something went wrong on this side.", null, null);
    }

    public static Failure failure(
            int status,
            String type,
            @Nullable String code,
            String message,
            @Nullable String param,
            @Nullable Long retryAfterMillis) {
        return new Failure(status, type, code, message, param == null ? null : cut(param), retryAfterMillis);
    }

    private static RefusedException refusal(
            int status,
            String type,
            @Nullable String code,
            String message,
            @Nullable String param,
            @Nullable Long retryAfterMillis) {
        return new RefusedException(failure(status, type, code, message, param, retryAfterMillis));
    }

    private static String cut(String text) {
        return text.length() <= MAX_PARAM_CHARS ? text : text.substring(0, MAX_PARAM_CHARS) + "...";
    }
}
