package dev.millrace.ingress.http;

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

/**
 * Clients of HTTP/1.0, as many proxies still are to what lies behind them, know no chunks: to them an answer of unknown
 * length is what comes until the connection closes. On the channel's thread.
 */
final class OldClient extends ChannelDuplexHandler {

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
            Connections.writeAndClose(context, message, promise);
        } else {
            context.write(message, promise);
        }
    }
}
