package dev.millrace.bench;

import dev.millrace.bench.engine.EngineReport;
import dev.millrace.bench.engine.GpuReport;
import dev.millrace.bench.engine.StepTimes;

/** Makes the report that its arguments name. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("Nothing can be measured: " + e.getMessage());
            System.exit(1);
            return;
        }
        switch (options.scenario()) {
            case ENGINE -> {
                if (!new EngineReport(options, System.out).run().sound()) {
                    System.exit(1);
                }
            }
            case GPU -> {
                if (!GpuReport.alone(options, System.out).sound()) {
                    System.exit(1);
                }
            }
            case STEPS -> {
                if (!new StepTimes(options, System.out).run()) {
                    System.exit(1);
                }
            }
        }
    }
}
