package dev.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    @Test
    void figuresAreHeldToTheirTargets() {
        assertThat(Line.atLeast("a", 8.0, 8, "").verdict()).isEqualTo(Verdict.HELD);
        assertThat(Line.atLeast("a", 7.9, 8, "").verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Line.atMostShare("a", 0.05, 0.05, "").verdict()).isEqualTo(Verdict.HELD);
        assertThat(Line.atMostShare("a", 0.051, 0.05, "").verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Line.atMost("a", 11, 10, "s", "").verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Line.share("a", 0.79, 0.8, "").verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Line.share("a", 0.8, 0.8, "").verdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void whatIsNoNumberHoldsNoTarget() {
        assertThat(Line.atLeast("a", Double.NaN, 8, "").verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Line.atMost("a", Double.NaN, 8, "s", "").verdict()).isEqualTo(Verdict.MISSED);
    }

    @Test
    void moreThanTheWholeOfALimitFailsTheReport() {
        Line impossible = Line.share("bandwidth", 1.01, 0.8, "");

        assertThat(impossible.verdict()).isEqualTo(Verdict.IMPOSSIBLE);
        assertThat(new Report("r", "m", List.of(impossible)).sound()).isFalse();
        assertThat(new Report("r", "m", List.of(impossible)).markdown()).contains("measured wrong");
    }

    @Test
    void aMissedTargetIsToldAndFailsNothing() {
        Report report =
                new Report("r", "m", List.of(Line.atLeast("streams", 2, 8, "basis"), Line.notRun("GPU", "none")));

        assertThat(report.sound()).isTrue();
        assertThat(report.summary()).isEqualTo("0 held, 1 missed, 1 not run.");
        assertThat(report.markdown())
                .contains("| streams | 2.00 x | at least 8.00 x | MISSED | basis |")
                .contains("| GPU |  |  | not run | none |");
    }

    @Test
    void aReportIsToldAndWrittenDown(@TempDir Path directory) throws IOException {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        ReportWriter writer =
                new ReportWriter("The engine", "a machine", new PrintStream(told, true, StandardCharsets.UTF_8));
        writer.add(Line.share("one stream", 0.9, 0.8, "30 tokens/s"));
        writer.write(directory, "engine");

        assertThat(told.toString(StandardCharsets.UTF_8)).contains("a machine", "held", "one stream: 90.0 %");
        assertThat(Files.readString(directory.resolve("engine.md"))).contains("| one stream | 90.0 % |");
        JsonNode json = JsonMapper.builder()
                .build()
                .readTree(directory.resolve("engine.json").toFile());
        assertThat(json.path("lines").path(0).path("value").asDouble()).isEqualTo(0.9);
        assertThat(json.path("lines").path(0).path("verdict").asText()).isEqualTo("HELD");
    }

    @Test
    void timingsHaveAMiddleAndALeast() {
        Timings timings = new Timings(3_000_000, 1_000_000, 2_000_000, 9_000_000);

        assertThat(timings.medianMillis()).isEqualTo(2.5);
        assertThat(timings.minimumMillis()).isEqualTo(1.0);
        assertThat(timings.meanMillis()).isEqualTo(3.75);
        assertThatThrownBy(Timings::new).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aProcesssMemoryIsReadInItsTwoKinds() {
        String status = "Name:\tjava\nVmRSS:\t  3072 kB\nRssAnon:\t    2048 kB\nRssFile:\t    1024 kB\n";

        Resident resident = Resident.of(status);

        assertThat(resident).isEqualTo(new Resident(2048 << 10, 1024 << 10));
        assertThat(resident.bytes()).isEqualTo(3 << 20);
        assertThat(resident.since(new Resident(1 << 20, 1 << 20)).bytes()).isEqualTo(1 << 20);
    }
}
