package dev.millrace.gpu.generate.djl;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made of source text: a zip that PyTorch loads as it loads any saved model. Each source file is a
 * name space of its own ({@code rope.py} holds {@code __torch__.rope}), where there is a choice a common one ({@code
 * heads_latent.py} or another holds {@code __torch__.heads}); the module that is loaded is the class
 * {@code Model} of one of them, which sets its own attributes in {@code __setstate__}, so no weights and no pickled
 * objects travel along.
 */
final class ScriptArchive {

    private static final String ROOT = "millrace/";
    private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

    private final Map<String, byte[]> records = new LinkedHashMap<>();

    /** An archive whose model is the class {@code Model} in the source named {@code main}. */
    ScriptArchive(String main) {
        records.put("version", "10\n".getBytes(StandardCharsets.US_ASCII));
        records.put("constants.pkl", EMPTY_TUPLE);
        records.put("data.pkl", newObject("__torch__." + main, "Model"));
    }

    /** Adds a resource beside this class as the name space {@code name}. */
    ScriptArchive source(String name, String resource) {
        try (InputStream in = ScriptArchive.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no source " + resource);
            }
            return text(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a source text as the name space {@code name}. */
    ScriptArchive text(String name, byte[] source) {
        records.put("code/__torch__/" + name + ".py", source);
        return this;
    }

    InputStream open() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : records.entrySet()) {
                put(zip, ROOT + entry.getKey(), entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    /** Stored, since PyTorch's reader likes sizes up front. */
    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** The pickle of one object whose state is the number 0: protocol 2, global, empty tuple, new, 0, build, stop. */
    private static byte[] newObject(String module, String type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x80);
        out.write(2);
        out.writeBytes(("c" + module + "\n" + type + "\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {')', (byte) 0x81, 'K', 0, 'b', '.'});
        return out.toByteArray();
    }
}
