package dev.millrace.ingress.meter;

import dev.millrace.service.Meter;
import java.util.List;

/** All meters of the ingress. */
public enum IngressMeter implements Meter {
    REQUESTS(
            "gateway_requests_total",
            Kind.COUNTER,
            "Requests for an answer, by the status that the client was told; 499: the client left",
            "provider",
            "model",
            "status"),
    DURATION(
            "gateway_request_duration_seconds",
            Kind.HISTOGRAM,
            "From a request's arrival to the end of its answer",
            "provider",
            "model"),
    TOKENS(
            "gateway_tokens_used_total",
            Kind.COUNTER,
            "Tokens of answers that went through here, by type: input, cached, output, reasoning",
            "provider",
            "model",
            "type"),
    FIRST_TOKEN(
            "gateway_time_to_first_token_seconds",
            Kind.HISTOGRAM,
            "From a request's arrival to the first chunk of its answer",
            "provider",
            "model"),
    INTER_TOKEN(
            "gateway_inter_token_latency_seconds",
            Kind.HISTOGRAM,
            "Between two chunks of an answer, divided by the tokens of the later one",
            "provider",
            "model"),
    ACTIVE_CONNECTIONS("gateway_active_connections", Kind.GAUGE, "Open HTTP connections"),
    IN_FLIGHT("gateway_requests_in_flight", Kind.GAUGE, "Requests that are being answered"),
    BODY_BYTES_IN_FLIGHT("gateway_body_bytes_in_flight", Kind.GAUGE, "Bytes of the bodies of those requests"),
    ANSWER_BYTES_IN_FLIGHT(
            "gateway_answer_bytes_in_flight",
            Kind.GAUGE,
            "Bytes of answers that are being gathered because they go out whole"),
    STREAMS("gateway_exchanges_active", Kind.GAUGE, "Accepted requests that have no end yet"),
    LAGGING(
            "gateway_streams_lagging_total",
            Kind.COUNTER,
            "Times that a slow client's stream was let go, to be caught up from the log"),
    UNREADABLE_REPLIES(
            "gateway_replies_unreadable_total", Kind.COUNTER, "Replies of live requests that could not be read"),
    REPLY_LAG("gateway_reply_age_seconds", Kind.GAUGE, "Age of the newest reply when it was read"),
    PUBLISH("gateway_publish_seconds", Kind.HISTOGRAM, "From sending a request into the log to its acknowledgement"),
    CANCELS("gateway_cancels_total", Kind.COUNTER, "Cancellations sent, by cause", "cause");

    private static final double[] SHORT = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

    private final Spec spec;

    IngressMeter(String meterName, Kind kind, String description, String... labels) {
        this.spec = new Spec(meterName, kind, description, List.of(labels));
    }

    @Override
    public Spec spec() {
        return spec;
    }

    @Override
    public double[] buckets() {
        return this == INTER_TOKEN || this == PUBLISH ? SHORT : Meter.super.buckets();
    }
}
