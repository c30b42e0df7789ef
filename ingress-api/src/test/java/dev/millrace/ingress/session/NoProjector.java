package dev.millrace.ingress.session;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Replaces;

/** Stands where the projector would read a log. */
@Context
@Replaces(SessionProjector.class)
final class NoProjector {}
