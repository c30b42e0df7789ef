package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failure;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Outcome;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.ingress.request.RequestConfig;
import dev.millrace.ingress.request.RequestLog;
import dev.millrace.ingress.request.RequestLog.NotPublishedException;
import dev.millrace.ingress.request.RequestMaker;
import dev.millrace.reply.Answer;
import dev.millrace.reply.RequestId;
import dev.millrace.reply.RequestIds;
import dev.millrace.service.Meters;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All requests that this door has under way: published, followed, timed, and cancelled when nobody waits any more. */
@Singleton
public final class Exchanges {

    private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);
    private static final long RETRY_AFTER_MILLIS = 1000;

    private final RequestIds ids;
    private final RequestMaker maker;
    private final RequestLog requests;
    private final ReplyLog replies;
    private final CatchUp catchUp;
    private final Meters<IngressMeter> meters;
    private final ReplyConfig config;
    private final long lifetimeNanos;
    private final Clock clock;
    private final Ticker ticker;
    private final Executor executor;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    Exchanges(
            RequestIds ids,
            RequestMaker maker,
            RequestLog requests,
            ReplyLog replies,
            CatchUp catchUp,
            Meters<IngressMeter> meters,
            ReplyConfig config,
            RequestConfig requestConfig,
            Clock clock,
            Ticker ticker,
            @Named(TaskExecutors.BLOCKING) ExecutorService executor) {
        this.ids = ids;
        this.maker = maker;
        this.requests = requests;
        this.replies = replies;
        this.catchUp = catchUp;
        this.meters = meters;
        this.config = config;
        this.lifetimeNanos = TimeUnit.MILLISECONDS.toNanos(requestConfig.lifetimeMillis() + config.endGraceMillis());
        this.clock = clock;
        this.ticker = ticker;
        this.executor = executor;
        meters.follow(IngressMeter.STREAMS, running::size);
    }

    /** An id for a new request, with a place for its replies. */
    public RequestId mint() {
        ReplyLog.Place place = replies.place()
                .orElseThrow(() -> Refusals.unavailable(
                        null, "not_ready", "The reply log is not being read yet.", RETRY_AFTER_MILLIS));
        return ids.mint(clock.millis(), place.partition(), place.offset());
    }

    /** Publishes a request; followed before that, or its first replies could be missed. May block for a moment. */
    public Exchange open(Order order) {
        InferenceRequested request =
                maker.make(order.id(), order.call(), order.model(), order.caller(), order.context(), order.trace());
        Running run = new Running(order);
        running.add(run);
        replies.follow(order.id().toString(), run.exchange);
        requests.publish(request).whenComplete((done, error) -> run.published(error));
        return run.exchange;
    }

    /** Time passes. */
    void tick() {
        long now = ticker.nanos();
        for (Running run : running) {
            if (now - run.arrivedNanos > lifetimeNanos) {
                run.exchange.giveUp(Refusals.deadlineExceeded(), "lifetime");
            } else {
                run.exchange.tick(now);
            }
        }
    }

    /** Ends all that still runs, as nobody will be here to hand it over. */
    public void giveUpAll() {
        running.forEach(run -> run.exchange.giveUp(ReplyFailures.shuttingDown(), "shutting_down"));
    }

    public int count() {
        return running.size();
    }

    /** It lives as long as the answer takes, so it keeps nothing of the order that is large. */
    private final class Running implements Exchange.Observer {
        private final String id;
        private final String model;
        private final Wording wording;
        private final boolean streams;
        private final InFlight.Slot slot;
        private final long arrivedNanos;
        private final Order.@Nullable Aftermath aftermath;
        private final Course course;
        private final Exchange exchange;

        Running(Order order) {
            this.id = order.id().toString();
            this.model = order.model().id();
            this.wording = Wording.of(order.call(), Face.of(order.id(), order.call(), order.model()));
            this.streams = order.call().stream();
            this.slot = order.slot();
            this.arrivedNanos = order.arrivedNanos();
            this.aftermath = order.aftermath();
            this.course = new Course(meters, model, arrivedNanos);
            this.exchange = new Exchange(order.id(), this::delivery, this, aftermath != null);
        }

        private Delivery delivery(Runnable onRoom) {
            return streams
                    ? new StreamedDelivery(
                            wording.streamed(), config, executor, ticker.nanos(), onRoom, this::delivered)
                    : new WholeDelivery(wording::whole, executor);
        }

        /** The stream has gone out, or its client has left. */
        private void delivered() {
            slot.release();
            exchange.gone();
        }

        private void published(@Nullable Throwable error) {
            if (error != null) {
                boolean surelyNot = error instanceof NotPublishedException;
                exchange.publishingFailed(
                        surelyNot ? ReplyFailures.tooLarge() : ReplyFailures.notPublished(), surelyNot);
            } else if (aftermath != null) {
                executor.execute(aftermath::accepted);
            }
        }

        @Override
        public void chunk(Exchange from, Chunk chunk) {
            course.chunk(from.provider(), chunk, ticker.nanos());
            boolean gathered = !streams || from.answer() != null;
            if (gathered && !slot.gather(Bulk.of(chunk))) {
                noRoom(from);
            }
        }

        /** A stream goes on, and its session's turn is ended from the log. */
        private void noRoom(Exchange from) {
            if (streams) {
                from.keepNoMore();
            } else {
                from.giveUp(ReplyFailures.tooMuch(), "too_much");
            }
        }

        @Override
        public CompletionStage<Void> ended(Exchange from, Exchange.Ending ending) {
            running.remove(this);
            replies.leave(id);
            if (ending.ownWord()) {
                requests.cancel(id, model, ending.cause());
            }
            if (!streams) {
                slot.release();
            }
            course.ended(from.provider(), from.tally(), ending.failure(), ticker.nanos());
            Answer answer = from.answer();
            return aftermath == null || answer == null || ending.ownWord()
                    ? DONE
                    : follow(() -> aftermath.ended(outcome(ending.failure()), answer));
        }

        /** Not for long: what has to wait for that is the client's last word. */
        private CompletionStage<Void> follow(Runnable end) {
            try {
                return CompletableFuture.runAsync(end, executor)
                        .completeOnTimeout(null, config.lastWordMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.warn("Nothing follows from the end of request {}: {}", id, e.toString());
                return DONE;
            }
        }

        @Override
        public void lagging(Exchange from) {
            meters.count(IngressMeter.LAGGING, 1);
        }

        @Override
        public void room(Exchange from) {
            catchUp.readFor(from);
        }
    }

    private static Outcome outcome(@Nullable Failure failure) {
        if (failure == null) {
            return Outcome.COMPLETED;
        }
        return failure.getStatus() == 499 ? Outcome.CANCELLED : Outcome.FAILED;
    }
}
