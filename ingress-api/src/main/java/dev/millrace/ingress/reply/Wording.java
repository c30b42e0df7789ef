package dev.millrace.ingress.reply;

import dev.millrace.event.RequestKind;
import dev.millrace.ingress.request.Call;
import dev.millrace.ingress.request.EmbeddingCall;
import dev.millrace.reply.Answer;

/**
 * The form in which a caller reads its answer, which goes by the door that it came through. It keeps nothing of what the
 * caller said.
 */
record Wording(RequestKind kind, boolean base64, Face face) {

    static Wording of(Call call, Face face) {
        return new Wording(call.kind(), call instanceof EmbeddingCall embedding && embedding.base64(), face);
    }

    StreamEvents streamed() {
        return kind == RequestKind.COMPLETION ? new CompletionEvents(face) : new ChunkEvents(face);
    }

    byte[] whole(Answer answer, Tally tally) {
        return switch (kind) {
            case EMBEDDING -> EmbeddingJson.of(face.model(), base64, answer, tally);
            case COMPLETION -> CompletionJson.of(face, answer, tally);
            case CHAT -> WholeJson.of(face, answer, tally);
        };
    }
}
