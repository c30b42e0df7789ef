/** Keeps a text to a form while it is written: JSON schemas as automata over bytes, and token masks over them. */
@NullMarked
package dev.millrace.gpu.model.schema;

import org.jspecify.annotations.NullMarked;
