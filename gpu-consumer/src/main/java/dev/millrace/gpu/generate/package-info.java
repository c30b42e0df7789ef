/** The one face that whatever makes tokens has, and what goes in and comes out of it. */
@NullMarked
package dev.millrace.gpu.generate;

import org.jspecify.annotations.NullMarked;
