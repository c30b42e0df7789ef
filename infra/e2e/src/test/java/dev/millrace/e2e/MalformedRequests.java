package dev.millrace.e2e;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests that are wrong in one way, each beside a twin that differs in as little as may be and is right. */
final class MalformedRequests {

    /**
     * @param path the door
     * @param param what the error must name; null where nothing can be named
     */
    record Case(
            String path,
            String name,
            int status,
            @Nullable String param,
            byte[] wrong,
            byte[] right,
            String contentType) {

        @Override
        public String toString() {
            return path + ": " + name;
        }
    }

    private static final String JSON = "application/json";
    private static final String HEAD = "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static final String CHAT = "/v1/chat/completions";
    private static final String EMBEDDINGS = "/v1/embeddings";
    private static final String COMPLETIONS = "/v1/completions";

    private final List<Case> cases = new ArrayList<>();

    static List<Case> all() {
        MalformedRequests requests = new MalformedRequests();
        requests.fields();
        requests.messages();
        requests.bodies();
        requests.embeddings();
        requests.completions();
        return requests.cases;
    }

    private void field(String name, String param, String wrong, String right) {
        add(name, 400, param, HEAD + "," + wrong + "}", HEAD + "," + right + "}");
    }

    private void add(String name, int status, @Nullable String param, String wrong, String right) {
        add(CHAT, name, status, param, wrong, right);
    }

    private void add(String path, String name, int status, @Nullable String param, String wrong, String right) {
        cases.add(new Case(
                path,
                name,
                status,
                param,
                wrong.getBytes(StandardCharsets.UTF_8),
                right.getBytes(StandardCharsets.UTF_8),
                JSON));
    }

    private void fields() {
        field("temperature as text", "temperature", "\"temperature\":\"1\"", "\"temperature\":1");
        field("temperature above its range", "temperature", "\"temperature\":2.01", "\"temperature\":2.0");
        field("temperature below its range", "temperature", "\"temperature\":-0.1", "\"temperature\":0");
        field("temperature beyond a double", "temperature", "\"temperature\":1e400", "\"temperature\":1e-400");
        field("top_p above 1", "top_p", "\"top_p\":1.5", "\"top_p\":1");
        field("n of 0", "n", "\"n\":0", "\"n\":1");
        field("n of 9", "n", "\"n\":9", "\"n\":8");
        field("n as a fraction", "n", "\"n\":1.5", "\"n\":2");
        field("max_tokens of 0", "max_tokens", "\"max_tokens\":0", "\"max_tokens\":1");
        field("max_tokens beyond an int", "max_tokens", "\"max_tokens\":99999999999999999999", "\"max_tokens\":99");
        field("max_tokens as text", "max_tokens", "\"max_tokens\":\"5\"", "\"max_tokens\":5");
        field(
                "max_tokens and max_completion_tokens apart",
                "max_tokens",
                "\"max_tokens\":5,\"max_completion_tokens\":6",
                "\"max_tokens\":5,\"max_completion_tokens\":5");
        field("seed as a fraction", "seed", "\"seed\":0.5", "\"seed\":5");
        field("presence_penalty out of range", "presence_penalty", "\"presence_penalty\":3", "\"presence_penalty\":2");
        field(
                "frequency_penalty out of range",
                "frequency_penalty",
                "\"frequency_penalty\":-2.5",
                "\"frequency_penalty\":-2");
        field("stream as text", "stream", "\"stream\":\"true\"", "\"stream\":false");
        field(
                "stream_options without stream",
                "stream_options",
                "\"stream_options\":{\"include_usage\":true}",
                "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        field(
                "include_usage as a number",
                "stream_options.include_usage",
                "\"stream\":true,\"stream_options\":{\"include_usage\":1}",
                "\"stream\":true,\"stream_options\":{\"include_usage\":false}");
        field("seventeen stops", "stop", "\"stop\":[" + "\"x\",".repeat(16) + "\"x\"]", "\"stop\":[\"zz\"]");
        field("stop as a number", "stop", "\"stop\":7", "\"stop\":\"7\"");
        field("logit_bias as a list", "logit_bias", "\"logit_bias\":[1]", "\"logit_bias\":{}");
        field("logit_bias out of range", "logit_bias.5", "\"logit_bias\":{\"5\":101}", "\"logit_bias\":{\"5\":100}");
        field("logit_bias of no token", "logit_bias.five", "\"logit_bias\":{\"five\":1}", "\"logit_bias\":{\"5\":1}");
        field("top_logprobs without logprobs", "top_logprobs", "\"top_logprobs\":3", "\"logprobs\":false");
        field("metadata that nests", "metadata.a", "\"metadata\":{\"a\":{}}", "\"metadata\":{\"a\":\"b\"}");
        field(
                "metadata with a long key",
                "metadata." + "k".repeat(65),
                "\"metadata\":{\"" + "k".repeat(65) + "\":\"v\"}",
                "\"metadata\":{\"" + "k".repeat(64) + "\":\"v\"}");
        field(
                "modalities with audio",
                "modalities",
                "\"modalities\":[\"text\",\"audio\"]",
                "\"modalities\":[\"text\"]");
        field("audio", "audio", "\"audio\":{\"voice\":\"x\"}", "\"user\":\"x\"");
        field("an unknown field", "temprature", "\"temprature\":1", "\"temperature\":1");
        field("service_tier unknown", "service_tier", "\"service_tier\":\"gold\"", "\"service_tier\":\"auto\"");
        field(
                "tools, which echo cannot",
                "tools",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]",
                "\"tool_choice\":\"none\"");
        field(
                "a schema, which echo cannot",
                "response_format",
                "\"response_format\":{\"type\":\"json_object\"}",
                "\"response_format\":{\"type\":\"text\"}");
        field("logprobs, which echo cannot", "logprobs", "\"logprobs\":true", "\"logprobs\":false");
        field("top_k below its range", "top_k", "\"top_k\":-2", "\"top_k\":0");
        field("min_p above 1", "min_p", "\"min_p\":1.1", "\"min_p\":0.1");
    }

    private static String withMessages(String messages) {
        return "{\"model\":\"echo\",\"messages\":" + messages + "}";
    }

    private void messages() {
        String hi = withMessages("[{\"role\":\"user\",\"content\":\"hi\"}]");
        add("no messages", 400, "messages", withMessages("[]"), hi);
        add("messages missing", 400, "messages", "{\"model\":\"echo\"}", hi);
        add("messages as text", 400, "messages", withMessages("\"hi\""), hi);
        add("a message that is none", 400, "messages[0]", withMessages("[5]"), hi);
        add(
                "an unknown role",
                400,
                "messages[0].role",
                withMessages("[{\"role\":\"wizard\",\"content\":\"hi\"}]"),
                withMessages("[{\"role\":\"system\",\"content\":\"hi\"},{\"role\":\"user\",\"content\":\"hi\"}]"));
        add("no role", 400, "messages[0].role", withMessages("[{\"content\":\"hi\"}]"), hi);
        add("content as a number", 400, "messages[0].content", withMessages("[{\"role\":\"user\",\"content\":5}]"), hi);
        add("no content", 400, "messages[0].content", withMessages("[{\"role\":\"user\"}]"), hi);
        add(
                "an image",
                400,
                "messages[0].content[0]",
                withMessages(
                        "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]"),
                withMessages("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}]"));
        add("model missing", 400, "model", "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", hi);
        add("model as a number", 400, "model", hi.replace("\"echo\"", "5"), hi);
        add("model empty", 400, "model", hi.replace("\"echo\"", "\"\""), hi);
        add("model unknown", 404, "model", hi.replace("\"echo\"", "\"ech0\""), hi);
    }

    private void bodies() {
        String hi = HEAD + "}";
        add("an empty body", 400, null, "", hi);
        add("truncated JSON", 400, null, HEAD, hi);
        add("a list", 400, null, "[" + hi + "]", hi);
        add("text after the JSON", 400, null, hi + "x", hi + " \n");
        add("NaN", 400, null, HEAD + ",\"temperature\":NaN}", HEAD + ",\"temperature\":0.5}");
        add("a trailing comma", 400, null, HEAD + ",}", hi);
        add(
                "deep nesting",
                400,
                null,
                HEAD + ",\"metadata\":" + "[".repeat(5000) + "]".repeat(5000) + "}",
                HEAD + ",\"metadata\":{}}");
        add("a field twice", 400, null, HEAD + ",\"n\":1,\"n\":1}", HEAD + ",\"n\":1}");
        byte[] utf8 = (HEAD + ",\"user\":\"é\"}").getBytes(StandardCharsets.UTF_8);
        byte[] broken = utf8.clone();
        for (int i = 0; i < broken.length; i++) {
            if (broken[i] == (byte) 0xC3) {
                broken[i] = (byte) 0xFF;
            }
        }
        cases.add(new Case(CHAT, "bad UTF-8", 400, null, broken, utf8, JSON));
        cases.add(new Case(
                CHAT,
                "another content type",
                415,
                null,
                hi.getBytes(StandardCharsets.UTF_8),
                hi.getBytes(StandardCharsets.UTF_8),
                "text/plain"));
        String big = "{\"model\":\"echo\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"";
        String word = "x".repeat(1023) + " ";
        add("a 9 MiB body", 413, null, big + word.repeat(9 << 10) + "\"}]}", big + word.repeat(7 << 10) + "\"}]}");
    }

    private void embedding(String name, @Nullable String param, String wrong, String right) {
        String head = "{\"model\":\"qwen3-tiny\",";
        add(EMBEDDINGS, name, 400, param, head + wrong + "}", head + right + "}");
    }

    private void embeddings() {
        String hi = "\"input\":\"hi\"";
        embedding("no input", "input", "\"user\":\"u\"", hi);
        embedding("an empty text", "input", "\"input\":\"\"", hi);
        embedding("no texts", "input", "\"input\":[]", "\"input\":[\"hi\"]");
        embedding("an empty text among others", "input[1]", "\"input\":[\"a\",\"\"]", "\"input\":[\"a\",\"b\"]");
        embedding("no ids", "input[0]", "\"input\":[[]]", "\"input\":[[1]]");
        embedding("a number as input", "input", "\"input\":5", "\"input\":[5]");
        embedding("a fraction among ids", "input[1]", "\"input\":[1,2.5]", "\"input\":[1,25]");
        embedding("a text among ids", "input[1]", "\"input\":[1,\"2\"]", "\"input\":[\"1\",\"2\"]");
        embedding(
                "a text too many",
                "input",
                "\"input\":[" + "\"a\",".repeat(2048) + "\"a\"]",
                "\"input\":[" + "\"a\",".repeat(2047) + "\"a\"]");
        embedding("dimensions of 0", "dimensions", hi + ",\"dimensions\":0", hi + ",\"dimensions\":1");
        embedding("dimensions as text", "dimensions", hi + ",\"dimensions\":\"1\"", hi + ",\"dimensions\":64");
        embedding(
                "an unknown encoding",
                "encoding_format",
                hi + ",\"encoding_format\":\"hex\"",
                hi + ",\"encoding_format\":\"base64\"");
        embedding("a stream of vectors", "stream", hi + ",\"stream\":true", hi + ",\"user\":\"u\"");
        embedding("truncated", null, hi + ",\"user\":\"u", hi + ",\"user\":\"u\"");
        String right = "{\"model\":\"qwen3-tiny\"," + hi + "}";
        add(EMBEDDINGS, "a model without vectors", 400, "model", right.replace("qwen3-tiny", "echo"), right);
        add(EMBEDDINGS, "an unknown model", 404, "model", right.replace("qwen3-tiny", "qwen3"), right);
        add(EMBEDDINGS, "no model", 400, "model", "{" + hi + "}", right);
    }

    private void completion(String name, String param, String wrong, String right) {
        String head = "{\"model\":\"qwen3-tiny\",\"prompt\":\"hi\",\"max_tokens\":2";
        add(COMPLETIONS, name, 400, param, head + wrong + "}", head + right + "}");
    }

    private void completions() {
        completion("a suffix", "suffix", ",\"suffix\":\"z\"", ",\"suffix\":null");
        completion("a prompt to be given back", "echo", ",\"echo\":true", ",\"echo\":false");
        completion("best_of more than n", "best_of", ",\"best_of\":2", ",\"best_of\":2,\"n\":2");
        completion("logprobs of 6", "logprobs", ",\"logprobs\":6", ",\"logprobs\":5");
        completion("logprobs of a chat", "logprobs", ",\"logprobs\":true", ",\"logprobs\":0");
        completion("messages of a chat", "messages", ",\"messages\":[]", ",\"user\":\"u\"");
        completion("tools of a chat", "tools", ",\"tools\":[]", ",\"stop\":\"z\"");
        completion(
                "stream_options without stream",
                "stream_options",
                ",\"stream_options\":{}",
                ",\"stream\":true,\"stream_options\":{}");
        completion("min_tokens above max_tokens", "min_tokens", ",\"min_tokens\":3", ",\"min_tokens\":2");
        String head = "{\"model\":\"qwen3-tiny\",\"max_tokens\":2,\"prompt\":";
        add(COMPLETIONS, "an empty prompt", 400, "prompt", head + "\"\"}", head + "\"a\"}");
        add(COMPLETIONS, "no prompts", 400, "prompt", head + "[]}", head + "[\"a\"]}");
        add(COMPLETIONS, "a prompt of no ids", 400, "prompt[1]", head + "[[1],[]]}", head + "[[1],[2]]}");
        add(COMPLETIONS, "no prompt", 400, "prompt", "{\"model\":\"qwen3-tiny\"}", head + "[1]}");
        add(
                COMPLETIONS,
                "a model that only chats",
                400,
                "model",
                "{\"model\":\"echo\",\"prompt\":\"a\"}",
                head + "[1]}");
    }
}
