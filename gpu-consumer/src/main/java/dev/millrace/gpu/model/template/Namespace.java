package dev.millrace.gpu.model.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** Attributes that a template may set from inside a loop. */
record Namespace(Map<String, Object> attributes) {

    Namespace() {
        this(new LinkedHashMap<>());
    }
}
