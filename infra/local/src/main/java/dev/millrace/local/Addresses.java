package dev.millrace.local;

/** Where the parts of a stack find each other, and with what secrets. */
record Addresses(
        String bootstrapServers,
        ExternalPostgres postgres,
        String redisUri,
        String billingUrl,
        String apiUrl,
        String key,
        String requestIdSecret) {}
