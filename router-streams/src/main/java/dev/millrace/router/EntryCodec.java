package dev.millrace.router;

import dev.millrace.event.Closed;
import dev.millrace.event.InferenceRequested;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.Assignment;
import dev.millrace.router.schedule.Entry;
import dev.millrace.router.schedule.Entry.Closing;
import dev.millrace.router.schedule.Entry.Phase;
import dev.millrace.router.schedule.Ticket;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.UnreadableEventException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Entries to the bytes in the state store and back. Events inside keep their own encoding, and with it their history. */
final class EntryCodec {

    private static final int VERSION = 2;
    /** Without the time of acceptance: that of the id was taken for it. */
    private static final int FIRST = 1;

    private final EventCodec events;

    EntryCodec(EventCodec events) {
        this.events = events;
    }

    byte[] encode(Entry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(out, events.encode(entry.ticket().request()));
            out.writeLong(entry.ticket().bytes());
            out.writeLong(entry.ticket().tag());
            out.writeLong(entry.ticket().acceptedMillis());
            out.writeUTF(entry.phase().name());
            out.writeInt(entry.attempt());
            write(out, entry.assignment());
            writeNullable(out, entry.avoid());
            out.writeInt(entry.losses());
            out.writeInt(entry.deaths());
            out.writeBoolean(entry.cancelled());
            out.writeLong(entry.sinceMillis());
            out.writeLong(entry.dueMillis());
            write(out, entry.closing());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    Entry decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version < FIRST || version > VERSION) {
                throw new IllegalStateException("an entry of version " + version + ", which this router can't read");
            }
            InferenceRequested request = (InferenceRequested) events.decode(read(in));
            RequestId id = RequestId.parse(request.getRequestId()).orElseThrow();
            return new Entry(
                    new Ticket(
                            id,
                            request,
                            in.readLong(),
                            in.readLong(),
                            version == FIRST ? id.timeMillis() : in.readLong()),
                    Phase.valueOf(in.readUTF()),
                    in.readInt(),
                    readAssignment(in),
                    readNullable(in),
                    in.readInt(),
                    in.readInt(),
                    in.readBoolean(),
                    in.readLong(),
                    in.readLong(),
                    readClosing(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UnreadableEventException e) {
            throw new IllegalStateException("an entry that this router can't read", e);
        }
    }

    private static void write(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    private static byte[] read(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    private static void writeNullable(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String readNullable(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    private static void write(DataOutputStream out, @Nullable Assignment to) throws IOException {
        out.writeBoolean(to != null);
        if (to != null) {
            out.writeUTF(to.worker());
            out.writeUTF(to.pool());
            out.writeUTF(to.provider());
            out.writeLong(to.number());
            out.writeBoolean(to.seen());
            out.writeBoolean(to.started());
        }
    }

    private static @Nullable Assignment readAssignment(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? new Assignment(
                        in.readUTF(), in.readUTF(), in.readUTF(), in.readLong(), in.readBoolean(), in.readBoolean())
                : null;
    }

    private void write(DataOutputStream out, @Nullable Closing closing) throws IOException {
        out.writeBoolean(closing != null);
        if (closing != null) {
            write(out, events.encode(closing.event()));
            out.writeInt(closing.times());
        }
    }

    private @Nullable Closing readClosing(DataInputStream in) throws IOException, UnreadableEventException {
        return in.readBoolean() ? new Closing((Closed) events.decode(read(in)), in.readInt()) : null;
    }
}
