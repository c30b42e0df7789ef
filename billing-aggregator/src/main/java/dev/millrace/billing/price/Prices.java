package dev.millrace.billing.price;

/** Prices of a model, in micros of the currency for a million tokens. */
public record Prices(long inputMicrosPerMillion, long cachedMicrosPerMillion, long outputMicrosPerMillion) {

    public Prices {
        if (inputMicrosPerMillion < 0 || cachedMicrosPerMillion < 0 || outputMicrosPerMillion < 0) {
            throw new IllegalArgumentException("a price must not be negative");
        }
    }
}
