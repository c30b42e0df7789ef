package dev.millrace.gpu.generate.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Row;
import java.io.IOException;
import java.util.List;

/** Runs {@code sampling.py} as a step would, over logits that a test makes up. */
final class SamplerProbe implements AutoCloseable {

    private final Model model;
    private final int vocabulary;

    SamplerProbe(int vocabulary) {
        this.vocabulary = vocabulary;
        model = Model.newInstance("probe", "PyTorch");
        // Else every new shape is compiled anew.
        JniUtils.setGraphExecutorOptimize(false);
        ScriptArchive archive =
                new ScriptArchive("probe").source("sampling", "sampling.py").source("probe", "probe.py");
        try {
            model.load(archive.open());
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Chosen> draw(float[][] logits, List<Row> rows) {
        Draws draws = new Draws(rows, vocabulary);
        Draw packed = draws.packed();
        float[] flat = new float[logits.length * vocabulary];
        for (int i = 0; i < logits.length; i++) {
            System.arraycopy(logits[i], 0, flat, i * vocabulary, vocabulary);
        }
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDList input = new NDList(
                    manager.create(flat, new Shape(logits.length, vocabulary)),
                    manager.create(packed.counts()),
                    manager.create(packed.ints()),
                    manager.create(packed.floats()));
            Block block = model.getBlock();
            NDList output = block.forward(new ParameterStore(manager, false), input, false, new PairList<>());
            NDArray ints = output.get(0);
            return draws.read(ints.toLongArray(), output.get(1).toFloatArray());
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
