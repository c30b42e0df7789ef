package dev.millrace.bench;

import dev.millrace.bench.engine.StepTimes;

/** Makes the report that its arguments name. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Options options = Options.of(arguments);
        switch (options.scenario()) {
            case STEPS -> new StepTimes(options, System.out).run();
        }
    }
}
