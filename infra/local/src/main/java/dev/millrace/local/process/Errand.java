package dev.millrace.local.process;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** A program that does one thing and ends, on the same leash as those that stay. */
public final class Errand {

    private static final Pattern COMPLAINT = Pattern.compile("(?i)\\b(fatal|panic|error)\\b");

    private Errand() {}

    /** Returns when it is done. Whoever is interrupted meanwhile leaves nothing of it running. */
    public static void run(String name, Command command) throws IOException {
        List<String> output = new CopyOnWriteArrayList<>();
        Child child = Child.start(name, command, output::add);
        try {
            if (child.ended().get() != 0) {
                throw new IOException(name + " failed: " + String.join("; ", complaints(output)));
            }
        } catch (InterruptedException e) {
            Processes.endTree(child.handle());
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted in " + name, e);
        } catch (ExecutionException e) {
            Processes.endTree(child.handle());
            throw new IOException(name + " failed", e);
        }
    }

    /** What a person needs of it; everything where nothing looks like that. */
    private static List<String> complaints(List<String> output) {
        List<String> complaints =
                output.stream().filter(line -> COMPLAINT.matcher(line).find()).toList();
        return complaints.isEmpty() ? output : complaints;
    }
}
