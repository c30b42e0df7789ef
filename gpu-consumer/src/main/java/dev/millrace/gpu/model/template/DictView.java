package dev.millrace.gpu.model.template;

import java.util.List;

/** The keys, values or items of a dict: a length and elements, but no indexes. */
record DictView(String name, List<Object> elements) {}
