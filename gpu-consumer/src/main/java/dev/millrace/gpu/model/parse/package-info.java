/** What a model's text means: thought, answer and tool calls, told apart while it streams. */
@NullMarked
package dev.millrace.gpu.model.parse;

import org.jspecify.annotations.NullMarked;
