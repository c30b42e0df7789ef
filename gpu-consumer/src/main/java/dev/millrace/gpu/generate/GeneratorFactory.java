package dev.millrace.gpu.generate;

import java.io.IOException;

/** Makes generators of one kind, which is what the entries of {@code millrace.workers} begin with. */
public interface GeneratorFactory {

    String kind();

    /**
     * Loads a model; may take long and is called on a thread of its own.
     *
     * @param model the name under which it is served
     * @param source what the entry says after its {@code =}, or empty
     * @throws IOException with one clear line, where the model cannot be loaded
     */
    Generator load(String model, String source) throws IOException;
}
