package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;

/** What a field must be, and what is read from it. Refuses by throwing, and names the path. */
@FunctionalInterface
interface Check<T> {

    T read(JsonNode value, String path);
}
