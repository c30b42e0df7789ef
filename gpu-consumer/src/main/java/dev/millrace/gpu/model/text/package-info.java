/** Text that comes token by token: whole characters only, and nothing of a stop string. */
@NullMarked
package dev.millrace.gpu.model.text;

import org.jspecify.annotations.NullMarked;
