package dev.millrace.gpu.model.template;

/** A template can't be read, or can't be rendered with what it was given. The message is what Jinja would say. */
public class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final boolean raised;

    TemplateException(String message) {
        this(message, 0, false);
    }

    private TemplateException(String message, int line, boolean raised) {
        super(message);
        this.line = line;
        this.raised = raised;
    }

    static TemplateException raised(String message) {
        return new TemplateException(message, 0, true);
    }

    static TemplateException at(int line, String message) {
        return new TemplateException(message, line, false);
    }

    TemplateException within(int statementLine) {
        if (line > 0) {
            return this;
        }
        TemplateException located = new TemplateException(String.valueOf(getMessage()), statementLine, raised);
        located.setStackTrace(getStackTrace());
        return located;
    }

    /** The template's line, from 1, or 0 where it isn't known. */
    public int line() {
        return line;
    }

    /** Whether the template itself refused what it was given, and says why in its own words. */
    public boolean isRaised() {
        return raised;
    }
}
