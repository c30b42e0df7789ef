package dev.millrace.bench.report;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tells each line as soon as it is known, and writes them all down at the end. */
public final class ReportWriter {

    private final String title;
    private final String machine;
    private final PrintStream out;
    private final List<Line> lines = new ArrayList<>();

    public ReportWriter(String title, String machine, PrintStream out) {
        this.title = title;
        this.machine = machine;
        this.out = out;
        out.println(title + ", on " + machine);
    }

    public void add(Line line) {
        lines.add(line);
        String figure = line.figure().isEmpty() ? line.basis() : line.figure();
        String target = line.target().isEmpty() ? "" : ", " + line.target();
        out.printf("  %-10s %s: %s%s%n", Report.word(line), line.what(), figure, target);
        if (!line.figure().isEmpty() && !line.basis().isEmpty()) {
            out.printf("             %s%n", line.basis());
        }
    }

    public void addAll(List<Line> more) {
        more.forEach(this::add);
    }

    /** Writes {@code NAME.md} and {@code NAME.json}. */
    public Report write(Path directory, String name) throws IOException {
        Report report = new Report(title, machine, lines);
        Files.createDirectories(directory);
        Path markdown = directory.resolve(name + ".md");
        Files.writeString(markdown, report.markdown());
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValue(directory.resolve(name + ".json").toFile(), report);
        out.println(report.summary() + " Written to " + markdown);
        return report;
    }
}
