package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.Goldens;
import dev.millrace.gpu.model.ModelFileException;
import dev.millrace.gpu.model.Tokenizer;
import dev.millrace.gpu.model.text.Detokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DjlTokenizerTest {

    @TestFactory
    List<DynamicTest> encodesAndDecodesAsTheReferenceDoes() {
        assertThat(Goldens.texts()).isNotEmpty();
        return Goldens.texts().stream()
                .map(directory ->
                        DynamicTest.dynamicTest(directory.getFileName().toString(), () -> check(directory)))
                .toList();
    }

    private static void check(Path directory) {
        List<JsonNode> cases =
                Goldens.list(Goldens.read(directory.resolve("golden.json")).get("texts"));
        assertThat(cases).isNotEmpty();
        try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
            for (JsonNode golden : cases) {
                String text = golden.get("text").asText();
                int[] ids = Goldens.ids(golden.get("ids"));
                int[] special = Goldens.ids(golden.get("ids_with_special"));
                assertThat(tokenizer.encode(text, false)).describedAs(text).isEqualTo(ids);
                assertThat(tokenizer.encode(text, true)).describedAs(text).isEqualTo(special);
                assertThat(tokenizer.decode(ids, false))
                        .isEqualTo(golden.get("decoded").asText());
                assertThat(tokenizer.decode(special, true))
                        .isEqualTo(golden.get("decoded_without_special").asText());
            }
        }
    }

    /** A tokenizer whose configuration lists one more token than its own file has. */
    private static Path listing(Path directory, String id, String token, boolean special) throws IOException {
        Path from = Goldens.texts().stream()
                .filter(each -> each.endsWith("chatml"))
                .findFirst()
                .orElseThrow();
        Files.copy(from.resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
        ObjectNode config = (ObjectNode) Goldens.read(from.resolve("tokenizer_config.json"));
        config.withObject("/added_tokens_decoder/" + id)
                .put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", special);
        Files.writeString(directory.resolve("tokenizer_config.json"), config.toString());
        return directory;
    }

    @Test
    void tokensThatOnlyTheConfigurationListsAreAdded(@TempDir Path directory) throws IOException {
        int next = DjlTokenizer.load(Goldens.texts().stream()
                        .filter(each -> each.endsWith("chatml"))
                        .findFirst()
                        .orElseThrow())
                .vocabulary()
                .size();
        listing(directory, Integer.toString(next), "<observe>", true);
        try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
            int[] ids = tokenizer.encode("a<observe>b", false);
            assertThat(ids).hasSize(3).contains(next);
            assertThat(tokenizer.vocabulary().isSpecial(next)).isTrue();
            assertThat(tokenizer.decode(ids, true)).isEqualTo("ab");
            assertThat(tokenizer.decode(ids, false)).isEqualTo("a<observe>b");
        }
    }

    @Test
    void whatTheConfigurationSaysOfATokenGoesFirst(@TempDir Path directory) throws IOException {
        listing(directory, "1", "a", true);
        try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
            int[] ids = tokenizer.encode("bab", false);
            assertThat(ids).hasSize(3);
            assertThat(tokenizer.decode(ids, true))
                    .as("its id is the tokenizer's own")
                    .isEqualTo("bb");
        }
    }

    @Test
    void aListedTokenWhoseIdDoesNotFitIsTold(@TempDir Path directory) throws IOException {
        listing(directory, "99999", "<observe>", true);
        assertThatThrownBy(() -> DjlTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("added_tokens_decoder lists <observe> as 99999");
    }

    @Test
    void textComesInWholeCharactersAndAddsUp() {
        for (Path directory : Goldens.texts()) {
            try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
                Random random = new Random(11);
                for (int round = 0; round < 300; round++) {
                    int[] ids =
                            random.ints(30, 0, tokenizer.vocabulary().size()).toArray();
                    assertThat(streamed(tokenizer, ids)).isEqualTo(tokenizer.decode(ids, true));
                }
                String text = "日本語 👩‍👩‍👧 naïve \u0301 𝔘𝔫𝔦 ";
                int[] ids = tokenizer.encode(text, false);
                assertThat(ids.length).isGreaterThan(text.codePointCount(0, text.length()));
                assertThat(streamed(tokenizer, ids)).isEqualTo(text);
            }
        }
    }

    private static String streamed(Tokenizer tokenizer, int[] ids) {
        Detokenizer detokenizer = new Detokenizer(tokenizer.vocabulary(), tokenizer.vocabulary()::isSpecial);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            String more = detokenizer.push(id);
            assertThat(more.isEmpty() || !Character.isHighSurrogate(more.charAt(more.length() - 1)))
                    .isTrue();
            text.append(more);
        }
        return text.append(detokenizer.finish()).toString();
    }

    @Test
    void eachTokensBytesAreKnown() {
        try (Tokenizer tokenizer = DjlTokenizer.load(Goldens.texts().get(0))) {
            String text = "Hello, 世界 <tool_call>";
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int id : tokenizer.encode(text, false)) {
                bytes.writeBytes(tokenizer.vocabulary().bytes(id));
            }
            assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text);
            assertThat(tokenizer.vocabulary().bytes(1 << 20)).isEmpty();
            assertThat(tokenizer.vocabulary().bytes(-1)).isEmpty();
        }
    }

    @Test
    void anyTextIsTaken() {
        try (Tokenizer tokenizer = DjlTokenizer.load(Goldens.texts().get(0))) {
            assertThat(tokenizer.decode(tokenizer.encode("a\0b", false), false)).isEqualTo("a\0b");
            assertThat(tokenizer.decode(tokenizer.encode("a\ud83dz", false), false))
                    .isEqualTo("a\ufffdz");
            assertThat(tokenizer.decode(tokenizer.encode("\ud83d\ude00", false), false))
                    .isEqualTo("\ud83d\ude00");
        }
    }

    @Test
    void manyThreadsMayEncodeAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Tokenizer tokenizer = DjlTokenizer.load(Goldens.texts().get(0))) {
            String text = "The quick brown fox, 敏捷的棕色狐狸 🦊 ".repeat(20);
            int[] expected = tokenizer.encode(text, false);
            Callable<Boolean> task = () -> {
                for (int i = 0; i < 200; i++) {
                    if (!Arrays.equals(expected, tokenizer.encode(text, false))) {
                        return false;
                    }
                }
                return true;
            };
            for (Future<Boolean> same : threads.invokeAll(List.of(task, task, task, task))) {
                assertThat(same.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void closedTokenizerRefuses() {
        Tokenizer tokenizer = DjlTokenizer.load(Goldens.texts().get(0));
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a", false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBeginningThatOnlyTheConfigurationAsksForIsAdded(@TempDir Path directory) throws Exception {
        Path original = Path.of("src/test/resources/goldens/texts/deepseek");
        String tokenizer = Files.readString(original.resolve("tokenizer.json"));
        ObjectNode root = (ObjectNode) Goldens.read(original.resolve("tokenizer.json"));
        assertThat(tokenizer).contains("TemplateProcessing");
        root.putNull("post_processor");
        Files.writeString(directory.resolve("tokenizer.json"), root.toString());
        Files.copy(original.resolve("tokenizer_config.json"), directory.resolve("tokenizer_config.json"));
        try (Tokenizer with = DjlTokenizer.load(original);
                Tokenizer without = DjlTokenizer.load(directory)) {
            assertThat(without.encode("Hi", true)).isEqualTo(with.encode("Hi", true));
            assertThat(without.encode("Hi", false)).isEqualTo(with.encode("Hi", false));
        }
    }

    @Test
    void brokenFilesAreNamed(@TempDir Path directory) throws Exception {
        assertThatThrownBy(() -> DjlTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("tokenizer.json: no such file");
        Files.writeString(directory.resolve("tokenizer.json"), "{\"model\":{\"vocab\":{\"a\":");
        assertThatThrownBy(() -> DjlTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("tokenizer.json");
        Files.writeString(directory.resolve("tokenizer.json"), "{\"model\":{\"vocab\":{\"a\":0}}}");
        assertThatThrownBy(() -> DjlTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("tokenizer.json");
        Files.writeString(directory.resolve("tokenizer.json"), "{}");
        assertThatThrownBy(() -> DjlTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("no vocabulary");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/normalizer={'type':'Sequence','normalizers':[{'type':'Precompiled','precompiled_charsmap':'AAAA'}]}",
                "/normalizer={'type':'Replace','pattern':{'String':''},'content':'x'}",
                "/normalizer={'type':'Replace','pattern':{'Regex':'x*'},'content':'x'}",
                "/pre_tokenizer={'type':'FixedLength','length':0}",
                "/model/continuing_subword_prefix='##'",
                "/post_processor={'type':'TemplateProcessing','pair':[],'special_tokens':{},"
                        + "'single':[{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':'A','type_id':0}}]}",
                "/post_processor={'type':'TemplateProcessing','pair':[],'special_tokens':{},"
                        + "'single':[{'Sequence':{'id':'B','type_id':0}}]}"
            })
    void whatTheLibraryWouldNotSurviveIsRefused(String part, @TempDir Path directory) throws IOException {
        Path from = Goldens.texts().get(0).resolve("tokenizer.json");
        ObjectNode file = (ObjectNode) Goldens.read(from);
        int name = part.lastIndexOf('/', part.indexOf('='));
        JsonNode broken = new ObjectMapper()
                .readTree(part.substring(part.indexOf('=') + 1).replace('\'', '"'));
        ((ObjectNode) file.at(part.substring(0, name))).set(part.substring(name + 1, part.indexOf('=')), broken);
        Files.writeString(directory.resolve("tokenizer.json"), file.toString());
        assertThatThrownBy(() -> DjlTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageMatching(".*tokenizer\\.json: .*");
    }

    /** Whether the vocabulary has a token of that name is another question than whether the model needs it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'BPE','vocab':{'a':0},'merges':[],'unk_token':'<unk>'}",
                "{'type':'WordLevel','vocab':{'a':0},'unk_token':'<unk>'}",
                "{'type':'WordPiece','vocab':{'a':0},'unk_token':'<unk>','continuing_subword_prefix':'',"
                        + "'max_input_chars_per_word':100}"
            })
    void aTokenizerThatFailsAtUnknownLettersIsRefused(String model, @TempDir Path directory) throws IOException {
        String file = "{'version':'1.0','added_tokens':[],'model':" + model + "}";
        Files.writeString(directory.resolve("tokenizer.json"), file.replace('\'', '"'));
        assertThatThrownBy(() -> DjlTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("tokenizer.json: letters that are not in the vocabulary cannot be encoded")
                .hasMessageContaining("unk_token")
                .hasMessageNotContaining("\n");
        Files.writeString(
                directory.resolve("tokenizer.json"), file.replace('\'', '"').replace("{\"a\":0", "{\"<unk>\":0"));
        try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
            assertThat(tokenizer.encode("b", false)).containsExactly(0);
        }
    }

    @Test
    void aNameForTheUnknownThatNothingNeedsIsFine(@TempDir Path directory) throws IOException {
        ObjectNode file = (ObjectNode) Goldens.read(Goldens.texts().get(0).resolve("tokenizer.json"));
        file.withObject("/model").put("unk_token", "<nowhere>");
        Files.writeString(directory.resolve("tokenizer.json"), file.toString());
        try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
            assertThat(tokenizer.encode("日本", false)).isNotEmpty();
        }
    }
}
