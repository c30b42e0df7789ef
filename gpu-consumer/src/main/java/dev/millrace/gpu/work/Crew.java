package dev.millrace.gpu.work;

import dev.millrace.gpu.generate.Generator;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of a process, and what they share: producers, the reader of controls, the readers of the reply log. */
@Singleton
public final class Crew {

    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
    private static final String SERVICE = "gpu-consumer";
    private static final String PROVIDER = "local";
    private static final String GROUP_PREFIX = "millrace-pool-";

    /** Assignments may be 8 MiB each and more, however small they are on the wire. */
    private static final int MAX_POLLED = 16;

    private static final long SETTLE_MILLIS = 2000;
    private static final long LOOK_MILLIS = 20;
    private static final LongSupplier MONOTONIC = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());

    private final WorkerConfig config;
    private final KafkaClients clients;
    private final EventCodec codec;
    private final Meters<WorkerMeter> meters;
    private final RandomGenerator random;
    private final Producer<byte[], byte[]> replyProducer;
    private final Producer<byte[], byte[]> reportProducer;
    private final Admin admin;
    private final Announcer announcer;
    private final DeadLetters deadLetters;
    private final KafkaReplyWriter replies;
    private final KafkaReportWriter reports;
    private final KafkaLogReader log;
    private final ControlReader controls;
    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    public Crew(
            WorkerConfig config,
            PriceConfig price,
            KafkaClients clients,
            EventCodec codec,
            Meters<WorkerMeter> meters,
            RandomGenerator random) {
        this.config = config;
        this.clients = clients;
        this.codec = codec;
        this.meters = meters;
        this.random = random;
        this.replyProducer = clients.producer(
                "worker-replies", Map.of(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, config.deliveryTimeoutMillis()));
        this.reportProducer = clients.producer("worker-reports");
        this.admin = clients.admin("worker-announcer");
        this.announcer = new Announcer(admin, reportProducer, codec, price);
        this.deadLetters = new DeadLetters(SERVICE, codec, reportProducer);
        this.replies = new KafkaReplyWriter(replyProducer, codec);
        this.reports = new KafkaReportWriter(reportProducer, codec);
        this.log = new KafkaLogReader(
                () -> clients.reader("worker-log"),
                codec,
                MONOTONIC,
                config.logReaders(),
                config.logReadTimeoutMillis());
        this.controls = new ControlReader(
                () -> clients.reader("worker-controls"), new EventReader(Topics.CONTROLS, codec, deadLetters));
    }

    /** Begins to read controls, which all workers need. */
    public void start() {
        controls.start();
    }

    /** Makes the generator's model known and serves it in the pool. */
    public Worker serve(Generator generator, String pool) throws ExecutionException, InterruptedException {
        String model = generator.profile().model();
        String name =
                Topics.poolFor(model) + "-" + Long.toString(random.nextLong(1L << 40, 1L << 41), Character.MAX_RADIX);
        WorkerId id = new WorkerId(name, model, pool, PROVIDER);
        announcer.announce(id, generator.profile());
        Worker worker = new Worker(id, generator, controls, new Parts());
        workers.add(worker);
        worker.start();
        return worker;
    }

    /** Lets every worker finish or hand over what it holds, then leaves. */
    public void close() {
        workers.forEach(worker -> worker.drain("the process stops"));
        long deadline = MONOTONIC.getAsLong() + config.graceMillis() + SETTLE_MILLIS;
        try {
            while (MONOTONIC.getAsLong() < deadline && !workers.stream().allMatch(Worker::hasLeft)) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reportProducer.close(Duration.ofMillis(SETTLE_MILLIS));
        workers.forEach(Worker::close);
        controls.close();
        log.close();
        replyProducer.close(Duration.ofMillis(SETTLE_MILLIS));
        admin.close(Duration.ofMillis(SETTLE_MILLIS));
        LOG.info("All workers left");
    }

    private final class Parts implements Worker.Assembly {

        @Override
        public Desk desk(WorkerId id, Generator generator, ScheduledExecutorService thread) {
            Tally tally = new Tally(meters, id.model());
            return new Desk(id, config, generator, replies, reports, log, thread, MONOTONIC, tally);
        }

        @Override
        public WorkPoller poller(WorkerId id, Desk desk, ExecutorService thread) {
            Map<String, Object> settings = Map.of(
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    "earliest",
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    MAX_POLLED);
            return new WorkPoller(
                    Topics.work(id.pool()),
                    () -> clients.member(id.name(), GROUP_PREFIX + id.pool(), settings),
                    codec,
                    deadLetters,
                    desk,
                    thread);
        }
    }
}
