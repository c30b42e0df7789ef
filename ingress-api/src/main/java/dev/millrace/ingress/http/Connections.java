package dev.millrace.ingress.http;

import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.service.Meters;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open connections: how many there are, and whether their clients have taken what was written. */
@Singleton
final class Connections implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    private final Meters<IngressMeter> meters;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();

    Connections(Meters<IngressMeter> meters) {
        this.meters = meters;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new Counter());
        return event.getBean();
    }

    /** Whether something was written that a client has yet to take. */
    boolean isAnyBehind() {
        return open.stream()
                .map(channel -> channel.unsafe().outboundBuffer())
                .anyMatch(written -> written != null && written.totalPendingWriteBytes() > 0);
    }

    private final class Counter implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
            if (role == ChannelRole.CONNECTION) {
                meters.add(IngressMeter.ACTIVE_CONNECTIONS, 1);
                open.add(channel);
                channel.closeFuture().addListener(closed -> {
                    open.remove(channel);
                    meters.add(IngressMeter.ACTIVE_CONNECTIONS, -1);
                });
            }
            return this;
        }
    }
}
