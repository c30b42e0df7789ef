package dev.millrace.ingress.http;

import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.service.Meters;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import jakarta.inject.Singleton;

/** Counts open connections. */
@Singleton
final class Connections implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    private final Meters<IngressMeter> meters;

    Connections(Meters<IngressMeter> meters) {
        this.meters = meters;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new Counter());
        return event.getBean();
    }

    private final class Counter implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
            if (role == ChannelRole.CONNECTION) {
                meters.add(IngressMeter.ACTIVE_CONNECTIONS, 1);
                channel.closeFuture().addListener(closed -> meters.add(IngressMeter.ACTIVE_CONNECTIONS, -1));
            }
            return this;
        }
    }
}
