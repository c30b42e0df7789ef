package dev.millrace.ingress.http;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Clients of HTTP/1.0, as many proxies still are to what lies behind them, know no chunks: to them an answer of unknown
 * length is what comes until the connection closes.
 */
@Singleton
final class OldClients implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    private static final String HANDLER = "millrace-old-clients";

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new Customizer(null));
        return event.getBean();
    }

    private record Customizer(@Nullable Channel channel) implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel opened, ChannelRole role) {
            return role == ChannelRole.CONNECTION ? new Customizer(opened) : this;
        }

        @Override
        public void onStreamPipelineBuilt() {
            if (channel != null) {
                channel.pipeline()
                        .addAfter(ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC, HANDLER, new Unchunked());
            }
        }
    }

    /** On the channel's thread. */
    private static final class Unchunked extends ChannelDuplexHandler {

        private boolean old;
        private boolean closing;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                old = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
            }
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (old && message instanceof HttpResponse response && HttpUtil.isTransferEncodingChunked(response)) {
                HttpUtil.setTransferEncodingChunked(response, false);
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
                closing = true;
            }
            if (closing && message instanceof LastHttpContent) {
                // From the end of the pipeline: others may have a reason to wait.
                context.write(message, promise.unvoid().addListener(written -> context.channel()
                        .close()));
            } else {
                context.write(message, promise);
            }
        }
    }
}
