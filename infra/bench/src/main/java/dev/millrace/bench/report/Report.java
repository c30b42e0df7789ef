package dev.millrace.bench.report;

import java.util.List;

/**
 * What a scenario found.
 *
 * @param machine what it ran on
 */
public record Report(String title, String machine, List<Line> lines) {

    public Report {
        lines = List.copyOf(lines);
    }

    /** Whether no figure shows that something was measured wrong. Missed targets do not make a report wrong. */
    public boolean sound() {
        return lines.stream().noneMatch(line -> line.verdict() == Verdict.IMPOSSIBLE);
    }

    public long count(Verdict verdict) {
        return lines.stream().filter(line -> line.verdict() == verdict).count();
    }

    public String markdown() {
        StringBuilder text = new StringBuilder("# " + title + "\n\n" + machine + "\n\n");
        text.append("| what | figure | target | verdict | made of |\n|---|---|---|---|---|\n");
        for (Line line : lines) {
            text.append("| %s | %s | %s | %s | %s |\n"
                    .formatted(line.what(), line.figure(), line.target(), word(line), line.basis()));
        }
        return text.append('\n').append(summary()).append('\n').toString();
    }

    /** The counts of the verdicts, and whether the report holds water. */
    public String summary() {
        String counts = "%d held, %d missed, %d not run"
                .formatted(count(Verdict.HELD), count(Verdict.MISSED), count(Verdict.NOT_RUN));
        return sound() ? counts + "." : counts + "; a figure above its limit: the limit was measured wrong.";
    }

    static String word(Line line) {
        return switch (line.verdict()) {
            case HELD -> "held";
            case MISSED -> "MISSED";
            case IMPOSSIBLE -> "IMPOSSIBLE";
            case NOT_RUN -> "not run";
            case TOLD -> "";
        };
    }
}
