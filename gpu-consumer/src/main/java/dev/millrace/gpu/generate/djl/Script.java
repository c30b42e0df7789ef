package dev.millrace.gpu.generate.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * TorchScript source run by itself, beside the models: for whoever wants to know what the device can do. Its methods
 * take whole numbers and return one. One thread at a time.
 */
public final class Script implements AutoCloseable {

    private final Model model;
    private final PtSymbolBlock block;

    private Script(Model model) {
        this.model = model;
        this.block = (PtSymbolBlock) model.getBlock();
    }

    /**
     * Compiles a source text whose class {@code Model} is to be run.
     *
     * @param name the name space that the text calls itself, below {@code __torch__}
     * @param device as PyTorch names it
     */
    public static Script load(String name, String source, String device) {
        return load(name, new ScriptArchive(name).text(name, source.getBytes(StandardCharsets.UTF_8)), device);
    }

    /** The same of several texts, of which one calls the others. */
    static Script load(String name, ScriptArchive archive, String device) {
        Torch.start();
        Model model = Model.newInstance(name, EngineLoader.device(device), Torch.NAME);
        try {
            ((PtModel) model).load(archive.open(), false);
            return new Script(model);
        } catch (IOException e) {
            model.close();
            throw new UncheckedIOException(e);
        } catch (MalformedModelException | RuntimeException e) {
            model.close();
            throw new EngineException("script " + name + " could not be loaded: " + e.getMessage(), e);
        }
    }

    /** How many CUDA devices PyTorch sees. */
    public static int cudaDevices() {
        return Cuda.devices();
    }

    /** As written, on whatever thread: nothing is left out because its result is not asked for. */
    public long call(String method, long... numbers) {
        Torch.runAsWritten();
        IValue[] arguments = Arrays.stream(numbers).mapToObj(IValue::from).toArray(IValue[]::new);
        try (IValue result = IValueUtils.runMethod(block, method, arguments)) {
            return result.toLong();
        } finally {
            for (IValue argument : arguments) {
                argument.close();
            }
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
