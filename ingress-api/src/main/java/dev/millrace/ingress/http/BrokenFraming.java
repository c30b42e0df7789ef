package dev.millrace.ingress.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;

/**
 * A request of which nobody knows where it ends is the last of its connection: what comes after it would be taken for a
 * request that nobody sent, or for nothing at all, and never be answered. On the channel's thread.
 */
final class BrokenFraming extends ChannelDuplexHandler {

    private int owed;
    private boolean broken;
    private boolean deaf;
    private boolean answering;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (deaf) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            owed++;
            broken = request.decoderResult().isFailure();
            context.fireChannelRead(
                    fault(request).map(fault -> refused(request, fault)).orElse(message));
        } else {
            if (message instanceof HttpContent content
                    && content.decoderResult().isFailure()) {
                broken = true;
            }
            context.fireChannelRead(message);
            if (broken && owed == 0) {
                // Behind what has been written and is not on its way yet.
                context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(written -> context.channel().close());
            }
        }
    }

    private static Optional<String> fault(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Optional.empty();
        }
        if (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                && !HttpUtil.isTransferEncodingChunked(request)) {
            return Optional.of("a body that is not in chunks has no end");
        }
        boolean isNew = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
        return isNew && request.headers().getAll(HttpHeaderNames.HOST).size() != 1
                ? Optional.of("not one host")
                : Optional.empty();
    }

    private Object refused(HttpRequest request, String fault) {
        broken = true;
        deaf = true;
        DefaultFullHttpRequest whole = new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                EmptyHttpHeaders.INSTANCE);
        whole.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(fault)));
        return whole;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isLast = broken && owed == 1;
        if (message instanceof HttpResponse response) {
            answering = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
            if (answering && isLast) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        }
        if (message instanceof LastHttpContent && answering) {
            owed--;
            if (isLast) {
                Connections.writeAndClose(context, message, promise);
                return;
            }
        }
        context.write(message, promise);
    }
}
