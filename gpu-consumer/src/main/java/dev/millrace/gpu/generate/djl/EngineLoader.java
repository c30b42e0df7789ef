package dev.millrace.gpu.generate.djl;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import dev.millrace.gpu.model.checkpoint.ModelConfig;
import dev.millrace.gpu.model.checkpoint.TensorPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Brings a checkpoint into PyTorch, layer by layer, so that no more than one layer is ever there twice. */
final class EngineLoader {

    /** Parameters below which threads cost more than they bring. */
    private static final long WORTH_SHARING = 50_000_000;

    private static final List<String> SHARED_SOURCES = List.of(
            "weights",
            "products",
            "halves",
            "linear",
            "columns",
            "layouts",
            "quantized",
            "norm",
            "rope",
            "plan",
            "attention",
            "crosswise",
            "experts",
            "head",
            "sampling",
            "layer",
            "frames",
            "model");

    private final Checkpoint checkpoint;
    private final EngineOptions options;
    private final Columns columns;
    private final Function<Device, Optional<Recorder>> recorders;

    EngineLoader(Checkpoint checkpoint, EngineOptions options) {
        this(checkpoint, options, Columns.here(), EngineLoader::recorder);
    }

    /**
     * @param columns which matrices are laid in columns
     * @param recorders what records on a device, if anything does
     */
    EngineLoader(
            Checkpoint checkpoint,
            EngineOptions options,
            Columns columns,
            Function<Device, Optional<Recorder>> recorders) {
        this.checkpoint = checkpoint;
        this.options = options;
        this.columns = columns;
        this.recorders = recorders;
    }

    TorchEngine load() {
        return PassingThread.run(this::loadHere);
    }

    private TorchEngine loadHere() {
        Torch.start();
        Torch.share(threads());
        Device device = presentDevice(options.device());
        Model model = Model.newInstance(checkpoint.directory().getFileName().toString(), device, Torch.NAME);
        try {
            ((PtModel) model).load(archive().open(), false);
            PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
            long[] books = fill(block);
            Halves halves = new Halves(block, books[4]);
            if (checkpoint.parameters() < columns.later()) {
                halves.layAll();
            }
            NativeMemory.giveBack();
            Recorder recorder = recordable() ? recorders.apply(device).orElse(null) : null;
            return new TorchEngine(model, shape(books), attending(books), threads(), books[3], halves, recorder);
        } catch (IOException e) {
            model.close();
            throw new UncheckedIOException(e);
        } catch (MalformedModelException | RuntimeException e) {
            model.close();
            throw new EngineException(checkpoint.directory() + " could not be loaded: " + reason(e), e);
        }
    }

    /** PyTorch tells first where in a source it failed, over many lines. */
    private static String reason(Exception failure) {
        String message = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
        List<String> lines = message.lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith("RuntimeError: "))
                .findFirst()
                .orElse(lines.isEmpty() ? failure.toString() : lines.get(0));
    }

    private static Optional<Recorder> recorder(Device device) {
        return device.isGpu() ? CudaRecorder.of(device.getDeviceId()) : Optional.empty();
    }

    /** A mixture asks the device which experts are wanted in the middle of a step, and then for these. */
    private boolean recordable() {
        ModelConfig config = checkpoint.config();
        return options.grouped() && IntStream.range(0, config.layers()).noneMatch(config::sparse);
    }

    /** By what the model says of its caches and the device. */
    private Attending attending(long[] books) {
        return !options.grouped() ? Attending.ALONE : books[5] == 1 ? Attending.IN_PLACE : Attending.GROUPED;
    }

    private int threads() {
        boolean small = checkpoint.parameters() < WORTH_SHARING;
        return options.threads() == 0 && small ? 1 : options.threads();
    }

    /** DJL has names of its own for what PyTorch calls cuda:1. */
    static Device device(String name) {
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        if (!name.matches("cuda(:\\d{1,4})?")) {
            throw new IllegalArgumentException("device is " + name + ", not cpu, cuda or cuda:N");
        }
        return Device.gpu(name.equals("cuda") ? 0 : Integer.parseInt(name.substring("cuda:".length())));
    }

    /** Refuses one that is not there. */
    static Device presentDevice(String name) {
        Device device = device(name);
        if (device.isGpu() && device.getDeviceId() >= Cuda.devices()) {
            throw new IllegalArgumentException(
                    "device is %s, but PyTorch, as it is here, sees %d GPUs".formatted(name, Cuda.devices()));
        }
        return device;
    }

    private ScriptArchive archive() {
        ScriptArchive archive = new ScriptArchive("model");
        SHARED_SOURCES.forEach(name -> archive.source(name, name + ".py"));
        boolean latent = checkpoint.config().family().latent();
        return archive.source("heads", latent ? "heads_latent.py" : "heads_grouped.py")
                .source("packed", oneDnn() ? "packed_onednn.py" : "packed_plain.py")
                .source("rms", Torch.isAtLeast(2, 8) ? "rms_fused.py" : "rms_plain.py");
    }

    /** Only builds for x86-64 have these operators, and source that names an unknown one does not compile. */
    private static boolean oneDnn() {
        return System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("amd64|x86_64");
    }

    private long[] fill(PtSymbolBlock block) throws IOException {
        List<Path> files = checkpoint.tensors().values().stream()
                .map(TensorPlace::file)
                .distinct()
                .sorted()
                .toList();
        long[] sizes = new long[files.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Files.size(files.get(i));
        }
        List<IValue> values = new ArrayList<>();
        values.add(IValue.listFrom(files.stream()
                .map(file -> IValue.from(file.toAbsolutePath().toString()))
                .toArray(IValue[]::new)));
        values.add(IValue.listFrom(sizes));
        values.add(IValue.stringIValueMapFrom(places(files)));
        values.add(IValue.from(options.device()));
        values.add(IValue.stringIValueMapFrom(numbers()));
        run(block, "begin", values.toArray(IValue[]::new));
        ModelConfig config = checkpoint.config();
        for (int layer = 0; layer < config.layers(); layer++) {
            run(block, "load_layer", IValue.from(layer), IValue.from(config.sparse(layer)));
        }
        try (IValue books = IValueUtils.runMethod(block, "finish")) {
            return books.toLongArray();
        }
    }

    /** Runs a method for what it does, and lets go of its arguments. */
    static void run(PtSymbolBlock block, String method, IValue... arguments) {
        IValueUtils.runMethod(block, method, arguments).close();
        for (IValue argument : arguments) {
            argument.close();
        }
    }

    private Map<String, IValue> places(List<Path> files) {
        Map<String, IValue> places = new LinkedHashMap<>();
        for (TensorPlace place : checkpoint.tensors().values()) {
            long[] numbers = new long[5 + place.shape().size()];
            numbers[0] = files.indexOf(place.file());
            numbers[1] = ScalarTypes.of(place.type());
            numbers[2] = place.type().bytes();
            numbers[3] = place.begin();
            numbers[4] = place.end();
            for (int i = 0; i < place.shape().size(); i++) {
                numbers[5 + i] = place.shape().get(i);
            }
            places.put(place.name(), IValue.listFrom(numbers));
        }
        return places;
    }

    private Map<String, IValue> numbers() {
        Map<String, IValue> numbers = new LinkedHashMap<>();
        ModelNumbers.of(checkpoint, options).forEach((name, value) -> numbers.put(name, IValue.from(value)));
        columns.putInto(numbers, options.grouped());
        return numbers;
    }

    /** With what {@code finish} said first: bytes kept as they are, weights quantized, their bytes. */
    private EngineShape shape(long[] books) {
        ModelConfig config = checkpoint.config();
        int context = options.contextTokens() == 0
                ? config.contextTokens()
                : Math.min(options.contextTokens(), config.contextTokens());
        long slots = (long) options.blocks() * options.blockTokens();
        return new EngineShape(
                checkpoint.vocabulary(),
                config.vocabulary(),
                config.hidden(),
                (int) Math.min(context, slots),
                options.blockTokens(),
                options.blocks(),
                checkpoint.parameters(),
                books[0] + books[2],
                books[1],
                books[2],
                slots * CacheSize.bytesOfToken(config, options.precision()));
    }
}
