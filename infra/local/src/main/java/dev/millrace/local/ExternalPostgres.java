package dev.millrace.local;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** A PostgreSQL that runs elsewhere, given as {@code postgresql://user:password@host:port/database}. */
record ExternalPostgres(String jdbcUrl, String user, String password) {

    static ExternalPostgres parse(String address) {
        URI uri = uri(address);
        String login = uri.getRawUserInfo();
        if (!"postgresql".equals(uri.getScheme())
                || uri.getHost() == null
                || login == null
                || uri.getRawPath().length() < 2) {
            throw malformed();
        }
        int colon = login.indexOf(':');
        String user = colon < 0 ? login : login.substring(0, colon);
        String password = colon < 0 ? "" : login.substring(colon + 1);
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new ExternalPostgres(
                "jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + query, decode(user), decode(password));
    }

    private static URI uri(String address) {
        try {
            return new URI(address.startsWith("jdbc:") ? address.substring("jdbc:".length()) : address);
        } catch (URISyntaxException e) {
            throw malformed();
        }
    }

    /** Without what was given, which has a password in it. */
    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("postgres must look like postgresql://user:password@host:5432/database,"
                + " with %-codes for what a URL cannot have as it is");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
