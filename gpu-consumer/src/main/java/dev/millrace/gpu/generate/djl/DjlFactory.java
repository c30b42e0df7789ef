package dev.millrace.gpu.generate.djl;

import dev.millrace.event.Capability;
import dev.millrace.gpu.generate.GeneratorFactory;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.gpu.generate.batch.FormMasks;
import dev.millrace.gpu.generate.batch.Jobs;
import dev.millrace.gpu.generate.batch.RequestPrompts;
import dev.millrace.gpu.model.ChatTemplate;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import dev.millrace.gpu.model.parse.OutputFormat;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads checkpoints: {@code djl:NAME=DIRECTORY}. */
@Singleton
public final class DjlFactory implements GeneratorFactory {

    private static final Logger LOG = LoggerFactory.getLogger(DjlFactory.class);

    private final EngineConfig config;
    private final Clock clock;

    public DjlFactory(EngineConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return "djl";
    }

    @Override
    public DjlGenerator load(String model, String source) throws IOException {
        Path directory = Path.of(source);
        if (source.isEmpty() || !Files.isDirectory(directory)) {
            throw new IOException("there is no model directory " + directory.toAbsolutePath());
        }
        Checkpoint checkpoint = Checkpoint.open(directory);
        ChatTemplate template = ChatTemplate.read(directory, clock);
        DjlTokenizer tokenizer = DjlTokenizer.load(directory);
        try {
            return load(model, checkpoint, template, tokenizer);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private DjlGenerator load(String model, Checkpoint checkpoint, ChatTemplate template, DjlTokenizer tokenizer)
            throws IOException {
        long createdAtMillis = Files.getLastModifiedTime(checkpoint.directory().resolve("config.json"))
                .toMillis();
        Engine engine = Engine.open(checkpoint, config.options(checkpoint));
        EngineShape shape = engine.shape();
        LOG.info("Loaded {}: {}", model, shape);
        int vocabulary = shape.vocabulary();
        Jobs jobs = new Jobs(
                new RequestPrompts(tokenizer, template, vocabulary),
                new FormMasks(
                        tokenizer.vocabulary(),
                        template,
                        checkpoint.generation().endTokens(),
                        vocabulary),
                tokenizer.vocabulary(),
                checkpoint.generation(),
                new Jobs.Shape(shape.contextTokens(), vocabulary, shape.hidden(), config.pooling()));
        ModelProfile profile = new ModelProfile(
                model,
                checkpoint.config().family() + " in " + config.precision(),
                createdAtMillis,
                shape.contextTokens(),
                shape.contextTokens(),
                shape.parameters(),
                capabilities(template, checkpoint.generation()));
        return new DjlGenerator(profile, config, jobs, engine, () -> {
            engine.close();
            tokenizer.close();
        });
    }

    private static Set<Capability> capabilities(ChatTemplate template, GenerationDefaults defaults) {
        EnumSet<Capability> capabilities =
                EnumSet.of(Capability.COMPLETION, Capability.EMBEDDING, Capability.LOGPROBS, Capability.CHOICES);
        if (template.isPresent()) {
            capabilities.add(Capability.CHAT);
        }
        if (template.format() != OutputFormat.PLAIN) {
            capabilities.add(Capability.TOOLS);
        }
        if (!defaults.endTokens().isEmpty()) {
            capabilities.addAll(Set.of(Capability.JSON_OBJECT, Capability.JSON_SCHEMA));
        }
        if (template.thinks()) {
            capabilities.add(Capability.REASONING);
        }
        return capabilities;
    }
}
