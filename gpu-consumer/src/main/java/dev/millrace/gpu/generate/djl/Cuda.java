package dev.millrace.gpu.generate.djl;

import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.NativeLongByReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The CUDA runtime that PyTorch brought along, asked directly: DJL looks for one under a name that only toolkits install,
 * and then knows of no device.
 */
final class Cuda {

    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private Cuda() {}

    /** How many GPUs PyTorch can use. */
    static int devices() {
        IntByReference count = new IntByReference();
        return runtime()
                .filter(runtime -> error(runtime, "cudaGetDeviceCount", count) == 0)
                .map(runtime -> count.getValue())
                .orElse(0);
    }

    /** Memory of a GPU that nobody uses. */
    static long freeBytes(int device) {
        NativeLibrary runtime = runtime().orElseThrow(() -> new IllegalStateException("there is no CUDA runtime"));
        NativeLongByReference free = new NativeLongByReference();
        NativeLongByReference total = new NativeLongByReference();
        onDevice(runtime, device, () -> call(runtime, "cudaMemGetInfo", free, total));
        return free.getValue().longValue();
    }

    /** Work for which this thread's device is another than before. */
    static void onDevice(NativeLibrary runtime, int device, Runnable work) {
        IntByReference before = new IntByReference();
        call(runtime, "cudaGetDevice", before);
        call(runtime, "cudaSetDevice", device);
        try {
            work.run();
        } finally {
            call(runtime, "cudaSetDevice", before.getValue());
        }
    }

    static void call(NativeLibrary runtime, String function, Object... arguments) {
        int error = error(runtime, function, arguments);
        if (error != 0) {
            throw new IllegalStateException("%s refused with error %d".formatted(function, error));
        }
    }

    private static int error(NativeLibrary runtime, String function, Object... arguments) {
        return runtime.getFunction(function).invokeInt(arguments);
    }

    static Optional<NativeLibrary> runtime() {
        return library("libcudart");
    }

    /** One that PyTorch has loaded, by how its file's name begins; only natives that were built for CUDA load any. */
    static Optional<NativeLibrary> library(String name) {
        Torch.start();
        if (!Files.isReadable(MAPPINGS)) {
            return Optional.empty();
        }
        Pattern file = Pattern.compile("/\\S*/" + Pattern.quote(name) + "(?![A-Za-z_])[^/]*\\.so[^/]*$");
        try (Stream<String> lines = Files.lines(MAPPINGS)) {
            return lines.map(file::matcher)
                    .filter(Matcher::find)
                    .map(Matcher::group)
                    .findFirst()
                    .map(NativeLibrary::getInstance);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
