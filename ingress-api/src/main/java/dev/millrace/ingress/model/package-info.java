/** The models that can be asked for, as their pools announce them. */
@NullMarked
package dev.millrace.ingress.model;

import org.jspecify.annotations.NullMarked;
