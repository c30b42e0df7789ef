package dev.millrace.ingress.http;

import io.micronaut.http.HttpStatus;
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
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;

/**
 * A request of which nobody knows where it ends, or what HTTP it speaks, is the last of its connection: what comes after
 * it would be taken for a request that nobody sent, or for nothing at all, and never be answered. On the channel's thread.
 */
final class BrokenFraming extends ChannelDuplexHandler {

    private int owed;
    private boolean broken;
    private boolean deaf;
    private boolean answering;
    private boolean waiting;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (deaf) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            owed++;
            broken = request.decoderResult().isFailure();
            Object taken = fault(request).map(fault -> refused(request, fault)).orElse(message);
            answerAsKnown(request);
            waiting = !broken && hasBody(request) && HttpUtil.is100ContinueExpected(request);
            context.fireChannelRead(taken);
        } else {
            waiting = false;
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

    /** Later minor versions are read as the last one that is known, and answered as it. */
    private static void answerAsKnown(HttpRequest request) {
        if (request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) > 0) {
            request.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
    }

    private static boolean hasBody(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    }

    private static Optional<RefusedHead> fault(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (request.decoderResult().isFailure()) {
            return Optional.empty();
        }
        if (request.protocolVersion().majorVersion() != HttpVersion.HTTP_1_1.majorVersion()) {
            return Optional.of(new RefusedHead(HttpStatus.HTTP_VERSION_NOT_SUPPORTED, "another HTTP"));
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING) && !HttpUtil.isTransferEncodingChunked(request)) {
            return Optional.of(new RefusedHead(HttpStatus.BAD_REQUEST, "a body that is not in chunks has no end"));
        }
        if (request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0) {
            return Optional.empty();
        }
        if (headers.getAll(HttpHeaderNames.HOST).size() != 1) {
            return Optional.of(new RefusedHead(HttpStatus.BAD_REQUEST, "not one host"));
        }
        // Whether the body comes after all, only its sender knows.
        return headers.getAll(HttpHeaderNames.EXPECT).stream()
                .filter(expected -> !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected))
                .findFirst()
                .map(unknown -> new RefusedHead(HttpStatus.EXPECTATION_FAILED, "expects " + unknown));
    }

    private Object refused(HttpRequest request, RefusedHead fault) {
        broken = true;
        deaf = true;
        DefaultFullHttpRequest whole = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                EmptyHttpHeaders.INSTANCE);
        whole.setDecoderResult(DecoderResult.failure(fault));
        return whole;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            answering = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
            if (waiting && owed == 1) {
                waiting = false;
                // Whoever is refused in place of being asked for the body sends it after all, or does not.
                broken = answering;
                deaf = answering;
            }
            if (answering && isLast()) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        }
        if (message instanceof LastHttpContent && answering) {
            boolean isLast = isLast();
            owed--;
            if (isLast) {
                Connections.writeAndClose(context, message, promise);
                return;
            }
        }
        context.write(message, promise);
    }

    private boolean isLast() {
        return broken && owed == 1;
    }
}
