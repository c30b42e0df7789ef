package dev.millrace.gpu.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a checkpoint can be broken that we know: each is one clear line, and PyTorch is never reached. */
class BrokenCheckpointTest {

    private static final String INDEX = "model.safetensors.index.json";
    private static final String FIRST_SHARD = "model-00001-of-00002.safetensors";
    private static final String SECOND_SHARD = "model-00002-of-00002.safetensors";
    private static final String NORM = "model.norm.weight";
    private static final String EARLY = "model.layers.0.input_layernorm.weight";

    record Case(String name, String golden, Consumer<Draft> breakage, Fault fault, String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Case> CASES = new ArrayList<>();

    private static void qwen(String name, Fault fault, String says, Consumer<Draft> breakage) {
        CASES.add(new Case(name, "qwen3", breakage, fault, says));
    }

    private static void tokenizer(String name, String says, Consumer<ObjectNode> change) {
        qwen(name, Fault.BAD_TOKENIZER, "tokenizer.json: " + says, draft -> draft.json("tokenizer.json", change));
    }

    private static void config(String name, Fault fault, String says, Consumer<ObjectNode> change) {
        CASES.add(new Case(name, "qwen3", draft -> draft.config(change), fault, says));
    }

    private static void header(String name, Fault fault, String says, Consumer<ObjectNode> change) {
        CASES.add(new Case(name, "qwen3", draft -> draft.header(Draft.WEIGHTS, change), fault, says));
    }

    private static void sharded(String name, Fault fault, String says, Consumer<Draft> breakage) {
        CASES.add(new Case(name, "qwen2-untied-sharded", breakage, fault, says));
    }

    private static void experts(String name, Fault fault, String says, Consumer<ObjectNode> change) {
        CASES.add(new Case(name, "deepseek-v3", draft -> draft.config(change), fault, says));
    }

    private static void fp8(String name, Fault fault, String says, Consumer<Draft> breakage) {
        CASES.add(new Case(name, "deepseek-v3-fp8", breakage, fault, says));
    }

    static {
        files();
        CASES.addAll(BrokenConfigs.cases());
        headers();
        tensors();
        shards();
    }

    private static void files() {
        qwen("no config", Fault.MISSING_FILE, "config.json is missing", draft -> draft.delete("config.json"));
        qwen("no weights", Fault.MISSING_FILE, "model.safetensors is missing", draft -> draft.delete(Draft.WEIGHTS));
        qwen("no tokenizer", Fault.MISSING_FILE, "tokenizer.json is missing", draft -> draft.delete("tokenizer.json"));
        qwen("config cut", Fault.BAD_JSON, "config.json", draft -> draft.cut("config.json", 60));
        qwen("config a list", Fault.BAD_JSON, "not a JSON object", draft -> draft.text("config.json", text -> "[]"));
        qwen(
                "config says a thing twice",
                Fault.BAD_JSON,
                "Duplicate field 'hidden_size'",
                draft -> draft.text("config.json", text -> "{\"hidden_size\":1," + text.substring(1)));
        qwen(
                "generation config of texts",
                Fault.BAD_CONFIG,
                "generation_config.json: temperature",
                draft -> draft.json("generation_config.json", node -> node.put("temperature", "warm")));
        qwen(
                "generation config out of range",
                Fault.BAD_CONFIG,
                "generation_config.json: top_p is 1.5",
                draft -> draft.json("generation_config.json", node -> node.put("top_p", 1.5)));
        qwen("tokenizer cut", Fault.BAD_TOKENIZER, "tokenizer.json", draft -> draft.cut("tokenizer.json", 500));
        qwen("tokenizer empty", Fault.BAD_TOKENIZER, "no vocabulary", draft -> draft.text("tokenizer.json", t -> "{}"));
        tokenizer("added tokens an object", "added_tokens is no list", node -> node.putObject("added_tokens"));
        tokenizer("added text", "added_tokens holds what is no token", node -> node.withArray("/added_tokens")
                .add("a"));
        tokenizer("vocab is 1", "model.vocab is no object", node -> ((ObjectNode) node.get("model")).put("vocab", 1));
        tokenizer("tokenizer model a text", "model is no object", node -> node.put("model", "BPE"));
        qwen(
                "tokenizer config a list",
                Fault.BAD_TOKENIZER,
                "not a JSON object",
                draft -> draft.text("tokenizer_config.json", text -> "[]"));
        qwen(
                "chat template a number",
                Fault.BAD_TOKENIZER,
                "chat_template is no template",
                draft -> draft.json("tokenizer_config.json", node -> node.put("chat_template", 5)));
        qwen(
                "an added token of other kinds",
                Fault.BAD_TOKENIZER,
                "'500', which is no token",
                draft -> draft.json("tokenizer_config.json", node -> node.withObject("/added_tokens_decoder/500")
                        .put("content", "<added>")
                        .put("special", "maybe")));
        qwen(
                "tokenizer larger than the embedding",
                Fault.TOKENIZER_TOO_LARGE,
                "id 512, the embedding has 512 rows",
                draft -> draft.json("tokenizer.json", node -> ((ObjectNode) node.at("/model/vocab")).put("wide", 512)));
    }

    private static void headers() {
        qwen("a file of 5 bytes", Fault.TRUNCATED_FILE, "first 8 bytes", draft -> draft.cut(Draft.WEIGHTS, 5));
        qwen("cut in its header", Fault.TRUNCATED_FILE, "within its header", draft -> draft.cut(Draft.WEIGHTS, 900));
        qwen(
                "cut in its data",
                Fault.TRUNCATED_FILE,
                "ends at byte",
                draft -> draft.cut(Draft.WEIGHTS, draft.headerBytes(Draft.WEIGHTS) + 1000));
        qwen("a header of 2^63 bytes", Fault.FALSE_HEADER, "length of", draft -> {
            byte[] bytes = draft.bytes(Draft.WEIGHTS);
            bytes[7] = (byte) 0x80;
            draft.write(Draft.WEIGHTS, bytes);
        });
        qwen(
                "a header that is no JSON",
                Fault.BAD_JSON,
                "header of model.safetensors",
                draft -> draft.rawHeader(Draft.WEIGHTS, "this is no header at all"));
        qwen("a tensor twice in a header", Fault.BAD_JSON, "Duplicate field", draft -> {
            String header = draft.header(Draft.WEIGHTS).toString();
            String twice =
                    "{\"%s\":%s,".formatted(NORM, draft.header(Draft.WEIGHTS).get(NORM));
            draft.rawHeader(Draft.WEIGHTS, twice + header.substring(1));
        });
        qwen(
                "bytes that belong to nobody",
                Fault.FALSE_HEADER,
                "does not name",
                draft -> draft.write(
                        Draft.WEIGHTS,
                        Arrays.copyOf(draft.bytes(Draft.WEIGHTS), draft.bytes(Draft.WEIGHTS).length + 64)));
        header("an overlap", Fault.FALSE_HEADER, "overlaps", header -> shift(header, -2));
        header("a hole", Fault.FALSE_HEADER, "hole", header -> shift(header, 2));
        header("an offset below zero", Fault.FALSE_HEADER, "-128", header -> Draft.entry(header, NORM)
                .putArray("data_offsets")
                .add(-128)
                .add(0));
        header("more bytes than the shape needs", Fault.FALSE_HEADER, "needs 128 bytes", header -> Draft.entry(
                        header, NORM)
                .putArray("data_offsets")
                .add(0)
                .add(4096));
        header("a shape past any file", Fault.FALSE_HEADER, "larger than any file", header -> Draft.entry(header, NORM)
                .putArray("shape")
                .add(1L << 40)
                .add(1L << 40));
        header("no offsets", Fault.FALSE_HEADER, "data_offsets", header -> Draft.entry(header, NORM)
                .remove("data_offsets"));
        header("an unknown type", Fault.WRONG_TYPE, "F4", header -> Draft.entry(header, NORM)
                .put("dtype", "F4"));
    }

    private static void shift(ObjectNode header, int bytes) {
        int begin = Draft.entry(header, EARLY).get("data_offsets").get(0).intValue();
        int end = Draft.entry(header, EARLY).get("data_offsets").get(1).intValue();
        Draft.entry(header, EARLY).putArray("data_offsets").add(begin + bytes).add(end + bytes);
    }

    private static void tensors() {
        header(
                "a tensor missing",
                Fault.MISSING_TENSOR,
                "norm.weight is missing",
                header -> header.set("model.rotary_emb.inv_freq", header.remove(NORM)));
        qwen(
                "a tensor too many",
                Fault.SURPLUS_TENSOR,
                "layers.0.adapter",
                draft -> draft.addTensor(Draft.WEIGHTS, "model.layers.0.adapter.weight", "BF16", 2, List.of(4, 4)));
        qwen(
                "a layer too many",
                Fault.SURPLUS_TENSOR,
                "layers.3.",
                draft -> draft.addTensor(
                        Draft.WEIGHTS, "model.layers.3.input_layernorm.weight", "BF16", 2, List.of(64)));
        config("layers past reason", Fault.MISSING_TENSOR, "layers.3.", node -> node.put("num_hidden_layers", 1 << 30));
        // Ten heads of that size have as many rows as are there, counted in 32 bits.
        config("heads past reason", Fault.WRONG_SHAPE, "q_proj.weight has shape", node -> node.put(
                        "num_attention_heads", 10)
                .put("num_key_value_heads", 5)
                .put("head_dim", 858_993_472));
        experts("experts past reason", Fault.WRONG_SHAPE, "mlp.gate", node -> node.put("n_routed_experts", 1 << 30));
        header("another shape", Fault.WRONG_SHAPE, "norm.weight has shape [8, 8]", header -> Draft.entry(header, NORM)
                .putArray("shape")
                .add(8)
                .add(8));
        config("another shape by config", Fault.WRONG_SHAPE, "calls for", node -> node.put("intermediate_size", 128));
        header("whole numbers for weights", Fault.WRONG_TYPE, "norm.weight is I16", header -> Draft.entry(header, NORM)
                .put("dtype", "I16"));
        qwen(
                "a tensor under two names",
                Fault.DUPLICATE_TENSOR,
                "norm.weight",
                draft -> draft.addTensor(Draft.WEIGHTS, "norm.weight", "BF16", 2, List.of(64)));
        fp8(
                "fp8 that the config hides",
                Fault.WRONG_TYPE,
                "F8_E4M3",
                draft -> draft.config(node -> node.remove("quantization_config")));
        fp8(
                "fp8 in other blocks",
                Fault.WRONG_SHAPE,
                "_scale_inv has shape",
                draft -> draft.config(node -> ((ObjectNode) node.get("quantization_config"))
                        .putArray("weight_block_size")
                        .add(16)
                        .add(16)));
        fp8(
                "fp8 without a scale",
                Fault.MISSING_TENSOR,
                "_scale_inv is missing",
                draft -> draft.header(
                        Draft.WEIGHTS,
                        header -> header.set(
                                "model.layers.9.spare",
                                header.remove("model.layers.0.self_attn.o_proj.weight_scale_inv"))));
    }

    private static void shards() {
        sharded("an index without its shard", Fault.MISSING_FILE, SECOND_SHARD, draft -> draft.delete(SECOND_SHARD));
        sharded(
                "an index without most of its shards",
                Fault.MISSING_FILE,
                "missing: shard-000.safetensors, shard-001.safetensors, shard-002.safetensors and 97 more",
                draft -> draft.json(INDEX, node -> {
                    ObjectNode map = (ObjectNode) node.get("weight_map");
                    for (int shard = 0; shard < 100; shard++) {
                        map.put("ghost." + shard, "shard-%03d.safetensors".formatted(shard));
                    }
                }));
        sharded("an index that is empty", Fault.BAD_INDEX, "no weight_map", draft -> draft.text(INDEX, text -> "{}"));
        sharded(
                "an index that leads elsewhere",
                Fault.BAD_INDEX,
                "no file name",
                draft -> draft.json(
                        INDEX, node -> ((ObjectNode) node.get("weight_map")).put(NORM, "../other.safetensors")));
        sharded(
                "an index that errs",
                Fault.BAD_INDEX,
                "does not hold it",
                draft -> draft.json(
                        INDEX, node -> ((ObjectNode) node.get("weight_map")).put("model.ghost.weight", FIRST_SHARD)));
        sharded(
                "an index that forgets",
                Fault.BAD_INDEX,
                "does not name",
                draft -> draft.json(INDEX, node -> ((ObjectNode) node.get("weight_map")).remove(NORM)));
        sharded(
                "a tensor in two shards",
                Fault.DUPLICATE_TENSOR,
                NORM,
                draft -> draft.addTensor(
                        draft.header(FIRST_SHARD).has(NORM) ? SECOND_SHARD : FIRST_SHARD,
                        NORM,
                        "BF16",
                        2,
                        List.of(96)));
    }

    static List<Case> cases() {
        return List.copyOf(CASES);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedInOneLine(Case broken, @TempDir Path directory) {
        Draft draft = Draft.of(broken.golden(), directory);
        broken.breakage().accept(draft);

        CheckpointException refusal = catchThrowableOfType(CheckpointException.class, () -> Checkpoint.open(directory));

        assertThat(refusal).as("a refusal").isNotNull();
        String line = String.valueOf(refusal.getMessage());
        assertThat(refusal.fault()).as(line).isEqualTo(broken.fault());
        assertThat(line).contains(broken.says()).doesNotContain("\n").hasSizeLessThan(400);
    }
}
