package dev.millrace.gpu.generate.djl;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PyTorch's own recordings of what runs on a GPU, reached by the names that its C++ functions have in its libraries:
 * neither TorchScript nor DJL has them. PyTorch keeps the memory of all recordings aside from what steps use otherwise.
 *
 * <p>A C++ exception must not reach Java, so nothing is called here that can throw in the state that it is called in:
 * work that cannot be recorded fails within DJL, which turns that into an exception, or spoils the recording, which the
 * CUDA runtime is asked about before PyTorch would find out.
 */
final class CudaRecorder implements Recorder {

    private static final Logger LOG = LoggerFactory.getLogger(CudaRecorder.class);

    private static final String GRAPH = "_ZN2at4cuda9CUDAGraph";

    /** More than any version's object takes. */
    private static final int GRAPH_BYTES = 1 << 14;

    /** c10's number for CUDA, as the first byte of a stream; the device is the second. */
    private static final long CUDA = 1;

    private static final int RECORDING = 1;

    /** Other threads may do what they like meanwhile, and so may this one. */
    private static final int RELAXED = 2;

    private final int device;
    private final NativeLibrary runtime;
    private final Function setStream;
    private final Function construct;
    private final Function begin;
    private final Function end;
    private final Function replay;
    private final Function destroy;
    private final PoolId pool;
    private final Pointer stream;

    private CudaRecorder(int device, NativeLibrary runtime, NativeLibrary torch, NativeLibrary streams) {
        this.device = device;
        this.runtime = runtime;
        setStream = streams.getFunction("_ZN3c104cuda20setCurrentCUDAStreamENS0_10CUDAStreamE");
        construct = constructor(torch);
        begin = torch.getFunction(GRAPH + "13capture_beginESt4pairIyyE21cudaStreamCaptureMode");
        end = torch.getFunction(GRAPH + "11capture_endEv");
        replay = torch.getFunction(GRAPH + "6replayEv");
        destroy = torch.getFunction(GRAPH + "D1Ev");
        pool = (PoolId) torch.getFunction("_ZN2at4cuda17graph_pool_handleEv").invoke(PoolId.class, new Object[0]);
        PointerByReference created = new PointerByReference();
        Cuda.onDevice(runtime, device, () -> Cuda.call(runtime, "cudaStreamCreate", created));
        stream = created.getValue();
    }

    /** None where PyTorch has no such functions under the names known here. */
    static Optional<Recorder> of(int device) {
        try {
            Optional<NativeLibrary> runtime = Cuda.runtime();
            Optional<NativeLibrary> torch = Cuda.library("libtorch_cuda");
            Optional<NativeLibrary> streams = Cuda.library("libc10_cuda");
            if (runtime.isPresent() && torch.isPresent() && streams.isPresent()) {
                return Optional.of(new CudaRecorder(device, runtime.get(), torch.get(), streams.get()));
            }
        } catch (UnsatisfiedLinkError | IllegalStateException e) {
            LOG.warn("Steps are not recorded: {}", e.getMessage());
        }
        return Optional.empty();
    }

    /** Newer versions take a parameter, which older ones do not see. */
    private static Function constructor(NativeLibrary torch) {
        try {
            return torch.getFunction(GRAPH + "C1Eb");
        } catch (UnsatisfiedLinkError e) {
            return torch.getFunction(GRAPH + "C1Ev");
        }
    }

    @Override
    public Recording record(Runnable work) {
        Pointer graph = new Pointer(Native.malloc(GRAPH_BYTES));
        graph.clear(GRAPH_BYTES);
        Cuda.onDevice(runtime, device, () -> {
            use(stream);
            try {
                // What is made at first use is made before it would be recorded.
                work.run();
                record(work, graph);
            } finally {
                use(Pointer.NULL);
            }
        });
        return new Kept(graph);
    }

    private void record(Runnable work, Pointer graph) {
        construct.invokeVoid(new Object[] {graph, 0});
        begin.invokeVoid(new Object[] {graph, pool.first, pool.second, RELAXED});
        try {
            work.run();
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
        IntByReference status = new IntByReference();
        Cuda.call(runtime, "cudaStreamIsCapturing", stream, status);
        if (status.getValue() != RECORDING) {
            abandon();
            throw new IllegalStateException("a recording was spoilt");
        }
        end.invokeVoid(new Object[] {graph});
    }

    /** PyTorch is not asked to end what it could not: it keeps a few bytes, once, as nothing is recorded after that. */
    private void abandon() {
        PointerByReference partial = new PointerByReference();
        runtime.getFunction("cudaStreamEndCapture").invokeInt(new Object[] {stream, partial});
        if (partial.getValue() != null) {
            runtime.getFunction("cudaGraphDestroy").invokeInt(new Object[] {partial.getValue()});
        }
        runtime.getFunction("cudaGetLastError").invokeInt(new Object[0]);
    }

    /** On which of its streams the device gets what this thread asks for. */
    private void use(Pointer used) {
        setStream.invokeVoid(new Object[] {CUDA | (long) device << 8, used});
    }

    /** Two numbers by which PyTorch knows the memory that recordings share. */
    @Structure.FieldOrder({"first", "second"})
    public static final class PoolId extends Structure implements Structure.ByValue {
        public long first;
        public long second;
    }

    private final class Kept implements Recording {

        private final Pointer graph;
        private boolean closed;

        Kept(Pointer graph) {
            this.graph = graph;
        }

        @Override
        public void play() {
            replay.invokeVoid(new Object[] {graph});
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                destroy.invokeVoid(new Object[] {graph});
                Native.free(Pointer.nativeValue(graph));
            }
        }
    }
}
