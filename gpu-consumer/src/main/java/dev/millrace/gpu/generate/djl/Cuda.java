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
                .filter(library -> call(library, "cudaGetDeviceCount", count) == 0)
                .map(library -> count.getValue())
                .orElse(0);
    }

    /** Memory of a GPU that nobody uses. */
    static long freeBytes(int device) {
        NativeLibrary library = runtime().orElseThrow(() -> new IllegalStateException("there is no CUDA runtime"));
        IntByReference before = new IntByReference();
        NativeLongByReference free = new NativeLongByReference();
        NativeLongByReference total = new NativeLongByReference();
        check(call(library, "cudaGetDevice", before));
        check(call(library, "cudaSetDevice", device));
        check(call(library, "cudaMemGetInfo", free, total));
        check(call(library, "cudaSetDevice", before.getValue()));
        return free.getValue().longValue();
    }

    private static int call(NativeLibrary library, String function, Object... arguments) {
        return library.getFunction(function).invokeInt(arguments);
    }

    private static void check(int error) {
        if (error != 0) {
            throw new IllegalStateException("CUDA refused with error " + error);
        }
    }

    private static Optional<NativeLibrary> runtime() {
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
