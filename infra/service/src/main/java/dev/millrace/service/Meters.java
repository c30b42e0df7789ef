package dev.millrace.service;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;

/** A service's meters, live. */
public final class Meters<M extends Enum<M> & Meter> {

    private final Map<M, Collector> collectors;

    public Meters(Class<M> meters, CollectorRegistry registry) {
        collectors = new EnumMap<>(meters);
        for (M meter : meters.getEnumConstants()) {
            collectors.put(meter, register(meter, registry));
        }
    }

    private static Collector register(Meter meter, CollectorRegistry registry) {
        String[] labels = meter.spec().labels().toArray(String[]::new);
        return switch (meter.spec().kind()) {
            case COUNTER ->
                Counter.build(meter.spec().name(), meter.spec().description())
                        .labelNames(labels)
                        .register(registry);
            case GAUGE ->
                Gauge.build(meter.spec().name(), meter.spec().description())
                        .labelNames(labels)
                        .register(registry);
            case HISTOGRAM ->
                Histogram.build(meter.spec().name(), meter.spec().description())
                        .labelNames(labels)
                        .buckets(meter.buckets())
                        .register(registry);
        };
    }

    public void count(M meter, double amount, String... labels) {
        ((Counter) collector(meter)).labels(labels).inc(amount);
    }

    public void set(M meter, double value, String... labels) {
        ((Gauge) collector(meter)).labels(labels).set(value);
    }

    public void add(M meter, double amount, String... labels) {
        ((Gauge) collector(meter)).labels(labels).inc(amount);
    }

    /** A gauge that is asked when somebody looks. */
    public void follow(M meter, DoubleSupplier value, String... labels) {
        ((Gauge) collector(meter))
                .setChild(
                        new Gauge.Child() {
                            @Override
                            public double get() {
                                return value.getAsDouble();
                            }
                        },
                        labels);
    }

    public void observe(M meter, double value, String... labels) {
        ((Histogram) collector(meter)).labels(labels).observe(value);
    }

    private Collector collector(M meter) {
        return Objects.requireNonNull(collectors.get(meter));
    }
}
