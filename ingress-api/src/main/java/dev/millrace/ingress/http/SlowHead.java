package dev.millrace.ingress.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connection of a client that begins a request and does not come to the end of its head, be it that a byte
 * comes now and then. Never one on which an answer is under way. It stands before the decoder, {@link #behindDecoder} what
 * sees what became of the bytes; both on the channel's thread.
 */
final class SlowHead extends ChannelInboundHandlerAdapter {

    private final long limitMillis;
    private final BooleanSupplier answering;
    private @Nullable Future<?> waiting;
    private boolean understood;
    private boolean inBody;

    SlowHead(long limitMillis, BooleanSupplier answering) {
        this.limitMillis = limitMillis;
        this.answering = answering;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        understood = false;
        context.fireChannelRead(bytes);
        if (!understood && !inBody && waiting == null) {
            await(context);
        }
    }

    private void await(ChannelHandlerContext context) {
        waiting = context.executor().schedule(() -> giveUp(context), limitMillis, TimeUnit.MILLISECONDS);
    }

    private void giveUp(ChannelHandlerContext context) {
        if (answering.getAsBoolean()) {
            await(context);
        } else {
            context.close();
        }
    }

    private void stopWaiting() {
        if (waiting != null) {
            waiting.cancel(false);
            waiting = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopWaiting();
        context.fireChannelInactive();
    }

    ChannelHandler behindDecoder() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                understood = true;
                if (message instanceof HttpRequest) {
                    stopWaiting();
                }
                inBody = !(message instanceof LastHttpContent);
                context.fireChannelRead(message);
            }
        };
    }
}
