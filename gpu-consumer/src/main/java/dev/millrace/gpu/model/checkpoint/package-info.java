/** A model directory as it is published, read and checked whole before anything of it is loaded. */
@NullMarked
package dev.millrace.gpu.model.checkpoint;

import org.jspecify.annotations.NullMarked;
