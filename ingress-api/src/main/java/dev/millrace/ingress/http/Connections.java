package dev.millrace.ingress.http;

import dev.millrace.ingress.limit.HeadConfig;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.service.Meters;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The open connections: how many there are, and how many requests on them have yet to be answered to the last byte. */
@Singleton
final class Connections implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    private static final String SLOW_HEAD = "millrace-slow-head";
    private static final String HEAD_READ = "millrace-head-read";
    private static final String UNANSWERED = "millrace-unanswered";
    private static final String OLD_CLIENT = "millrace-old-client";
    private static final String BROKEN_FRAMING = "millrace-broken-framing";

    private final Meters<IngressMeter> meters;
    private final HeadConfig head;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile @Nullable CompletableFuture<Void> held;

    Connections(Meters<IngressMeter> meters, HeadConfig head) {
        this.meters = meters;
        this.head = head;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new Listener());
        return event.getBean();
    }

    /** From now on no connection is closed from here before its client has taken the answers it is owed. */
    void hold() {
        held = new CompletableFuture<>();
    }

    /** Closes those that were to be closed meanwhile. */
    void letGo() {
        CompletableFuture<Void> done = held;
        held = null;
        if (done != null) {
            done.complete(null);
        }
    }

    /** Requests of which something has yet to be made, written, or taken by the client's side of the network. */
    int unanswered() {
        return unanswered.get();
    }

    /** Writes what is the last of a connection. It is closed from the end of the pipeline: others may have a reason to wait. */
    static void writeAndClose(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message, promise.unvoid().addListener(written -> context.channel()
                .close()));
    }

    private final class Listener implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
            if (role != ChannelRole.CONNECTION) {
                return this;
            }
            meters.add(IngressMeter.ACTIVE_CONNECTIONS, 1);
            channel.closeFuture().addListener(closed -> meters.add(IngressMeter.ACTIVE_CONNECTIONS, -1));
            return new Connection(channel);
        }
    }

    private final class Connection implements NettyServerCustomizer {

        private final Channel channel;

        private Connection(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void onStreamPipelineBuilt() {
            Unanswered requests = new Unanswered();
            SlowHead slowHead = new SlowHead(head.timeoutMillis(), requests::areUnanswered);
            channel.pipeline()
                    .addBefore(ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC, SLOW_HEAD, slowHead)
                    .addAfter(ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC, HEAD_READ, slowHead.behindDecoder())
                    .addAfter(HEAD_READ, UNANSWERED, requests)
                    .addAfter(UNANSWERED, OLD_CLIENT, new OldClient())
                    .addAfter(OLD_CLIENT, BROKEN_FRAMING, new BrokenFraming());
            channel.closeFuture().addListener(closed -> requests.forget());
        }
    }

    /** Counts a request from its head until the last piece of its answer has gone to the network; on the channel's thread. */
    private final class Unanswered extends ChannelDuplexHandler {

        private int here;
        private boolean answering;
        private @Nullable ChannelPromise closing;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest) {
                count(1);
            }
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof HttpResponse response) {
                answering = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
            }
            if (message instanceof LastHttpContent && answering) {
                context.write(message, promise.unvoid().addListener(written -> answered(context)));
            } else {
                context.write(message, promise);
            }
        }

        @Override
        public void close(ChannelHandlerContext context, ChannelPromise promise) {
            CompletableFuture<Void> until = held;
            if (until == null || here == 0) {
                context.close(promise);
                return;
            }
            closing = promise;
            until.thenRun(() -> context.executor().execute(() -> closeNow(context)));
        }

        private boolean areUnanswered() {
            return here > 0;
        }

        private void answered(ChannelHandlerContext context) {
            count(-1);
            if (here == 0) {
                closeNow(context);
            }
        }

        private void closeNow(ChannelHandlerContext context) {
            ChannelPromise promise = closing;
            closing = null;
            if (promise != null) {
                context.close(promise);
            }
        }

        private void count(int more) {
            // What is written after the channel closed fails, and was forgotten with it.
            if (here + more >= 0) {
                here += more;
                unanswered.addAndGet(more);
            }
        }

        private void forget() {
            count(-here);
        }
    }
}
