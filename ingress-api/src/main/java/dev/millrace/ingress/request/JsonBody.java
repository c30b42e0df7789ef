package dev.millrace.ingress.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.error.RefusedException;
import dev.millrace.ingress.limit.LimitConfig;
import dev.millrace.topic.Limits;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Reads a body as one JSON object, and as nothing else: UTF-8 without errors, no key twice, no NaN, nothing after the
 * end. What two readers could understand in two ways is not passed on.
 */
@Singleton
public final class JsonBody {

    /** What a parser says of itself and its settings, which are not its client's. */
    private static final Pattern ASIDE = Pattern.compile(
            " \\(start marker.*|: enable `.*|, from `[^`]*`" + "| \\(bound as .*| \\(not recognized as [^)]*\\)");

    private static final int MAX_NUMBER_CHARS = 400;
    private static final int MAX_NAME_CHARS = 1024;
    private static final int MAX_MESSAGE_CHARS = 200;

    /** A tree takes many times the bytes of the text that it comes from. */
    private static final int MAX_TOKENS = 1_000_000;

    private final ObjectMapper mapper;

    public JsonBody(LimitConfig limits) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.maxNesting())
                        .maxNumberLength(MAX_NUMBER_CHARS)
                        .maxNameLength(MAX_NAME_CHARS)
                        .maxTokenCount(MAX_TOKENS)
                        .maxStringLength(Limits.MAX_BODY_BYTES)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build();
        this.mapper = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    public ObjectNode read(byte[] body) {
        JsonNode node = parse(decode(body));
        if (!(node instanceof ObjectNode object)) {
            throw Refusals.invalid(null, "invalid_json", "The body must be one JSON object.");
        }
        Strings.requireCharacters(object);
        return object;
    }

    private JsonNode parse(char[] text) {
        try {
            return mapper.readTree(mapper.getFactory().createParser(text));
        } catch (JsonProcessingException e) {
            throw unreadable(e);
        } catch (IOException e) {
            throw Refusals.invalid(null, "invalid_json", "The body is not readable.");
        }
    }

    /** What the parser says, without what it says of its own settings. */
    private static RefusedException unreadable(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String place = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        String message = ASIDE.matcher(e.getOriginalMessage()).replaceAll("");
        String cut = message.length() > MAX_MESSAGE_CHARS ? message.substring(0, MAX_MESSAGE_CHARS) : message;
        return Refusals.invalid(null, "invalid_json", "The body is not valid JSON: " + cut + place);
    }

    /** By hand, because a JSON reader guesses at encodings and forgives some errors. */
    private static char[] decode(byte[] body) {
        try {
            CharBuffer chars = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body));
            char[] text = new char[chars.remaining()];
            chars.get(text);
            return text;
        } catch (CharacterCodingException e) {
            throw Refusals.invalid(null, "invalid_encoding", "The body is not valid UTF-8.");
        }
    }
}
