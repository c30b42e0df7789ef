package dev.millrace.billing.price;

/**
 * What a request costs, in micros (millionths) of the currency. Prices are micros for a million tokens. The parts are
 * added up exactly and the sum is rounded once, half up, so that neither many small parts nor their order can shift it.
 */
public final class Cost {

    private static final long MILLION = 1_000_000;

    private Cost() {}

    /**
     * @param inputTokens tokens of the prompt, the cached ones included
     * @param cachedTokens those of them that came from a cache and cost the cached price
     * @throws IllegalArgumentException where the counts or prices make no sense
     * @throws ArithmeticException where the cost has no place in a long
     */
    public static long micros(Prices prices, int inputTokens, int cachedTokens, int outputTokens) {
        if (inputTokens < 0 || outputTokens < 0 || cachedTokens < 0 || cachedTokens > inputTokens) {
            throw new IllegalArgumentException("impossible tokens: input %d, cached %d, output %d"
                    .formatted(inputTokens, cachedTokens, outputTokens));
        }
        long millionths = Math.addExact(
                Math.addExact(
                        Math.multiplyExact(prices.inputMicrosPerMillion(), (long) inputTokens - cachedTokens),
                        Math.multiplyExact(prices.cachedMicrosPerMillion(), (long) cachedTokens)),
                Math.multiplyExact(prices.outputMicrosPerMillion(), (long) outputTokens));
        long rest = millionths % MILLION;
        return millionths / MILLION + (rest >= MILLION / 2 ? 1 : 0);
    }
}
