/** Starts the ingress: the door for requests, and the way back for their answers. */
@NullMarked
package dev.millrace.ingress;

import org.jspecify.annotations.NullMarked;
