package dev.millrace.gpu.model.template;

/** What a name, attribute or element is that isn't there: prints as nothing, and any other use of it says this. */
record Undefined(String message) {

    TemplateException used() {
        return new TemplateException(message);
    }
}
