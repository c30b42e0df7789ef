/** An interpreter of chat templates as models publish them: Jinja's language, with bounds on what a template may use. */
@NullMarked
package dev.millrace.gpu.model.template;

import org.jspecify.annotations.NullMarked;
