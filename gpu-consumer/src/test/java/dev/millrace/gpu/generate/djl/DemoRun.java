package dev.millrace.gpu.generate.djl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.Goldens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Asks a demo model the golden questions, in batches as wide as the cache allows. */
final class DemoRun {

    private static final int BATCH = 128;

    private DemoRun() {}

    static Path directory(String model) {
        return Path.of("src/main/models", model);
    }

    static List<JsonNode> questions(String model) {
        return Goldens.list(Goldens.read(Path.of("src/test/resources/demo", model + ".json")));
    }

    /** Greedy answers, as long as the reference's. */
    static List<int[]> answers(Engine engine, List<JsonNode> questions) {
        List<int[]> answers = new ArrayList<>();
        for (int at = 0; at < questions.size(); at += BATCH) {
            List<JsonNode> batch = questions.subList(at, Math.min(questions.size(), at + BATCH));
            List<int[]> prompts = new ArrayList<>();
            List<int[]> blocks = new ArrayList<>();
            int[] limits = batch.stream()
                    .mapToInt(question -> question.path("greedy").size())
                    .toArray();
            int first = 0;
            for (int i = 0; i < limits.length; i++) {
                int[] prompt = Goldens.ids(batch.get(i).path("prompt"));
                prompts.add(prompt);
                int[] own = GoldenRun.together(first, prompt.length + limits[i]);
                blocks.add(own);
                first += own.length;
            }
            answers.addAll(GoldenRun.greedy(engine, prompts, 256, blocks, limits));
        }
        return answers;
    }

    /** The share of answers that are the others', token for token. */
    static double unchanged(List<int[]> answers, List<int[]> others) {
        long same = IntStream.range(0, answers.size())
                .filter(i -> Arrays.equals(answers.get(i), others.get(i)))
                .count();
        return same / (double) answers.size();
    }

    /** An engine's logits after each token of questions and their answers. */
    static List<float[]> logits(Engine engine, List<JsonNode> questions) {
        List<float[]> logits = new ArrayList<>();
        for (JsonNode question : questions) {
            int[] prompt = Goldens.ids(question.path("prompt"));
            int[] answer = Goldens.ids(question.path("greedy"));
            int[] tokens = Arrays.copyOf(prompt, prompt.length + answer.length);
            System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
            int[] blocks = GoldenRun.together(0, tokens.length);
            logits.add(GoldenRun.read(engine, tokens, tokens.length, blocks, Span.Output.LOGITS));
        }
        return logits;
    }

    /** Mean Kullback-Leibler divergence of the second's next-token distribution from the first's. */
    static double divergence(List<float[]> first, List<float[]> second, int width) {
        double sum = 0;
        long rows = 0;
        for (int i = 0; i < first.size(); i++) {
            for (int row = 0; row < first.get(i).length; row += width) {
                sum += divergence(first.get(i), second.get(i), row, width);
                rows++;
            }
        }
        return sum / rows;
    }

    private static double divergence(float[] p, float[] q, int from, int width) {
        double logP = logSum(p, from, width);
        double logQ = logSum(q, from, width);
        double sum = 0;
        for (int i = from; i < from + width; i++) {
            sum += Math.exp(p[i] - logP) * ((p[i] - logP) - (q[i] - logQ));
        }
        return sum;
    }

    private static double logSum(float[] logits, int from, int width) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + width; i++) {
            most = Math.max(most, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + width; i++) {
            sum += Math.exp(logits[i] - most);
        }
        return most + Math.log(sum);
    }
}
