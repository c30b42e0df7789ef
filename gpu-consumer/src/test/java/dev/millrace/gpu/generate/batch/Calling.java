package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.model.ChatTemplate;
import dev.millrace.gpu.model.Prompt;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.parse.OutputDelta;
import dev.millrace.gpu.model.parse.OutputParser;
import dev.millrace.gpu.model.schema.ToolTypes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the family of a bundled model calls tools, and what becomes of its calls. */
enum Calling {
    QWEN("qwen3-demo", "<|im_end|>", "<tool_call> <think>", "<tool_call>", """
            <tool_call>
            {"name": "%s", "arguments": %s}
            </tool_call>"""),
    MARKUP("qwen3-demo", "<|im_end|>", "<tool_call> <function= <think>", "<tool_call>", """
            <tool_call>
            <function=%s>
            %s</function>
            </tool_call>"""),
    FUNCTION("qwen3-demo", "<|im_end|>", "<tool_call> <function= <think>", "<function=set>", """
            <function=%s>
            %s</function>"""),
    DEEPSEEK("deepseek-demo", "<｜end▁of▁sentence｜>", "<｜tool▁calls▁begin｜>", "<｜tool▁calls▁begin｜>", """
            <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>%s
            ```json
            %s
            ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"""),
    DEEPSEEK_ONE("deepseek-demo", "<｜end▁of▁sentence｜>", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", """
            <｜tool▁call▁begin｜>%s<｜tool▁sep｜>%s<｜tool▁call▁end｜>
            <｜tool▁calls▁end｜>""");

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int MAX_TOKEN_BYTES = 32;

    final Vocabulary vocabulary;
    final ChatTemplate template;
    final int end;
    final String tag;
    private final String call;
    private final Map<String, Integer> tokens = new HashMap<>();
    private final Pattern tags;
    private final BitSet closing = new BitSet();
    private final FormMasks masks;

    Calling(String model, String end, String template, String tag, String call) {
        this.vocabulary = Vocabulary.read(Path.of("src", "main", "models", model));
        this.template = new ChatTemplate(Map.of("default", template), Map.of(), Clock.systemUTC());
        this.end = vocabulary.id(end).orElseThrow();
        this.tag = tag;
        this.call = call;
        List<String> added = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.isAdded(id)) {
                added.add(Pattern.quote(new String(vocabulary.bytes(id), StandardCharsets.UTF_8)));
            } else if (vocabulary.contains(id)) {
                tokens.put(new String(vocabulary.bytes(id), StandardCharsets.ISO_8859_1), id);
            }
        }
        tokens.forEach((text, id) -> closing.set(id, text.matches("[\"\\]}]+|\n?</?")));
        this.tags = Pattern.compile(String.join("|", added));
        this.masks = masks(vocabulary.size());
    }

    /** Those of another worker. */
    FormMasks masks(int logits) {
        return new FormMasks(vocabulary, template, List.of(end), logits);
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    static JsonNode tool(String name, String schema, boolean strict) {
        return json("{'type':'function','function':{'name':'" + name + "','parameters':" + schema + ",'strict':"
                + strict + "}}");
    }

    @Nullable
    TokenMask mask(JsonNode tools, int room, Consumer<InferenceRequested.Builder> more) {
        return masks.maskFor(request(more), new Prompt(new int[] {0}, false, tools), room);
    }

    TokenMask mask(JsonNode tools, int room) {
        return Objects.requireNonNull(mask(tools, room, request -> {}));
    }

    static InferenceRequested request(Consumer<InferenceRequested.Builder> more) {
        InferenceRequested.Builder request = InferenceRequested.newBuilder()
                .setRequestId("r")
                .setFacts(RequestFacts.newBuilder()
                        .setModel("tiny")
                        .setKind(RequestKind.CHAT)
                        .build())
                .setPrompt("{}")
                .setSampling(Sampling.newBuilder().setSeed(1).build())
                .setQueueTimeoutMillis(1000)
                .setFirstTokenTimeoutMillis(1000)
                .setLifetimeMillis(1000);
        more.accept(request);
        return request.build();
    }

    String call(String name, String arguments) {
        return call.formatted(name, arguments);
    }

    /** A member of a call's arguments, alone. */
    String arguments(String name, String json) {
        boolean bare = this == MARKUP || this == FUNCTION;
        return bare
                ? "<parameter=" + name + ">\n" + json.replace("\"", "") + "\n</parameter>\n"
                : "{\"" + name + "\": " + json + "}";
    }

    /** A text cut into tokens anywhere, its tags as what they are. */
    int[] tokens(String text, Random random) {
        List<Integer> ids = new ArrayList<>();
        Matcher matcher = tags.matcher(text);
        int at = 0;
        while (matcher.find()) {
            spell(text.substring(at, matcher.start()), random, ids);
            ids.add(vocabulary.id(matcher.group()).orElseThrow());
            at = matcher.end();
        }
        spell(text.substring(at), random, ids);
        return ids.stream().mapToInt(id -> id).toArray();
    }

    /** A text in letters, tags too. */
    int[] letters(String text, Random random) {
        List<Integer> ids = new ArrayList<>();
        spell(text, random, ids);
        return ids.stream().mapToInt(id -> id).toArray();
    }

    private void spell(String text, Random random, List<Integer> ids) {
        String octets = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (int at = 0; at < octets.length(); ) {
            int to = at + 1 + random.nextInt(Math.min(octets.length() - at, MAX_TOKEN_BYTES));
            while (!tokens.containsKey(octets.substring(at, to))) {
                to--;
            }
            ids.add(tokens.get(octets.substring(at, to)));
            at = to;
        }
    }

    /** One of the tokens that may come, what closes something rather than others. */
    int choose(BitSet allowed, Random random) {
        int[] closes = allowed.stream().filter(closing::get).toArray();
        int[] some = closes.length > 0 && random.nextInt(3) == 0
                ? closes
                : allowed.stream().toArray();
        return some[random.nextInt(some.length)];
    }

    int token(String text) {
        OptionalInt added = vocabulary.id(text);
        return added.isPresent() && vocabulary.isAdded(added.getAsInt())
                ? added.getAsInt()
                : Objects.requireNonNull(tokens.get(text), text);
    }

    /** What a client gets of an answer: its text, and each call's name and arguments. */
    List<String> read(List<Integer> answer, JsonNode tools) {
        Voice voice = new Voice(
                vocabulary, new OutputParser(template.format(), false, new ToolTypes(tools), index -> "call_" + index));
        StringBuilder text = new StringBuilder();
        List<String> said = new ArrayList<>();
        List<OutputDelta> deltas = new ArrayList<>();
        answer.forEach(token -> deltas.add(voice.push(token)));
        deltas.add(voice.finish());
        for (OutputDelta delta : deltas) {
            text.append(delta.content());
            for (ToolCallDelta one : delta.toolCalls()) {
                if (one.getName() != null) {
                    said.add(one.getName() + " ");
                }
                said.set(said.size() - 1, said.get(said.size() - 1) + one.getArguments());
            }
        }
        said.add(0, text.toString());
        return said;
    }

    /** By a validator that knows nothing of masks. */
    static void assertValid(String schema, String value, String about) {
        JsonNode read;
        try {
            read = JSON.reader()
                    .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .readTree(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(about + ": " + value, e);
        }
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(json(schema))
                        .validate(read))
                .as("%s: %s", about, value)
                .isEmpty();
    }
}
