package dev.millrace.gpu.generate.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Function;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PyTorch as this worker wants it. */
final class Torch {

    static final String NAME = "PyTorch";
    static final String INSTRUCTIONS = "MKL_ENABLE_INSTRUCTIONS";
    static final String KERNELS = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

    static final String PATIENCE = "GOMP_SPINCOUNT";

    static final String LARGE_PAGES = "THP_MEM_ALLOC_ENABLE";

    /** Where Linux says whether it has large pages to give. */
    private static final Path PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    /**
     * oneDNN keeps a kernel for each number of rows that a step has had. A thousand of them, its own choice, are more than
     * a hundred megabytes; those of batches that decode are far fewer.
     */
    private static final String KEPT_KERNELS = "256";

    /** Rounds of waiting, some hundredths of a millisecond: longer than the pauses between the parts of a step. */
    private static final String SHORT_PATIENCE = "2000";

    private static final Logger LOG = LoggerFactory.getLogger(Torch.class);

    /** How many threads PyTorch would take by itself. */
    private static int ownThreads;

    private Torch() {}

    /** Starts PyTorch, or finds it started. */
    static synchronized Engine start() {
        multiplyByVectors();
        setUnlessSet(KERNELS, KEPT_KERNELS);
        waitBriefly();
        takeLargePages();
        Engine engine = Engine.getEngine(NAME);
        if (ownThreads == 0) {
            ownThreads = JniUtils.getNumThreads();
        }
        runAsWritten();
        return engine;
    }

    /** Whether PyTorch, as it is here, is of that version or a later one. */
    static boolean isAtLeast(int major, int minor) {
        return isAtLeast(major, minor, start().getVersion());
    }

    static boolean isAtLeast(int major, int minor, String version) {
        String[] parts = version.split("\\D", 3);
        int ofVersion = Integer.parseInt(parts[0]);
        return ofVersion > major || ofVersion == major && Integer.parseInt(parts[1]) >= minor;
    }

    /**
     * How many threads share what the calling thread computes, or 0 for as many as PyTorch takes by itself. A thread that
     * never said so takes what was said last, wherever that was, and keeps to it from its first operation on; asking for
     * the number counts as one.
     */
    static synchronized void share(int threads) {
        JniUtils.setNumThreads(threads > 0 ? threads : ownThreads);
        JniUtils.getNumThreads();
    }

    /**
     * Shapes change from step to step: specialised code would be made again and again, for the first hundreds of steps of
     * each model. PyTorch keeps this for each thread by itself.
     */
    static void runAsWritten() {
        JniUtils.setGraphExecutorOptimize(false);
    }

    /**
     * A sequence that decodes multiplies two or a few rows with all of its keys. In tiles, as MKL does it where it can,
     * the keys have to be packed first, which takes longer than the product; with vectors of bfloat16 they have not.
     * Products with weights are oneDNN's and stay as they are. MKL reads this when it first multiplies; what somebody has
     * set before stays.
     */
    private static void multiplyByVectors() {
        setUnlessSet(INSTRUCTIONS, "AVX512_E3");
    }

    /**
     * A stream reads all weights for each token. On a machine that has run for a while small pages lie scattered, and
     * finding them takes as long as reading them. PyTorch asks for large ones when it is told to.
     */
    private static void takeLargePages() {
        if (Files.exists(PAGES)) {
            setUnlessSet(LARGE_PAGES, "1");
        }
    }

    /**
     * Threads that share a product wait for the last of them. OpenMP lets them turn in circles meanwhile for several
     * milliseconds, longer than the system gives a thread the processor. Where others want it too, the one that is waited
     * for may be kept from it by the one that waits, hundreds of times a step. It reads this when it is loaded; what
     * somebody has set before stays.
     */
    private static void waitBriefly() {
        if (System.getenv("OMP_WAIT_POLICY") == null) {
            setUnlessSet(PATIENCE, SHORT_PATIENCE);
        }
    }

    /** In the environment that native code sees. */
    private static void setUnlessSet(String name, String value) {
        try {
            Function.getFunction("c", "setenv").invokeInt(new Object[] {name, value, 0});
        } catch (UnsatisfiedLinkError e) {
            LOG.debug("{} stays as it is: {}", name, e.toString());
        }
    }
}
