package dev.millrace.ingress.http;

import io.micronaut.http.HttpRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The name at the end of a path, as its client wrote it. The framework reads a path as if it were a form's field. */
final class PathEnd {

    private PathEnd() {}

    /**
     * What stands behind a collection, decoded.
     *
     * @param collection where it lies, with slashes around it, such as "/v1/models/"
     */
    static String behind(String collection, HttpRequest<?> request) {
        String path = request.getUri().getRawPath();
        String end = path.substring(path.indexOf(collection) + collection.length());
        String name = end.endsWith("/") ? end.substring(0, end.length() - 1) : end;
        // Only in a query a plus stands for a blank.
        return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
