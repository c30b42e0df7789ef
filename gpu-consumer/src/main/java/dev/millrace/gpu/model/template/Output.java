package dev.millrace.gpu.model.template;

/** Where statements write. */
final class Output {

    private final Run run;
    private final StringBuilder text = new StringBuilder();

    Output(Run run) {
        this.run = run;
    }

    void append(String more) {
        run.text((long) text.length() + more.length() > 1 << 16 ? (long) text.length() + more.length() : 0);
        run.charge(more.length() / 64);
        text.append(more);
    }

    String text() {
        return text.toString();
    }
}
