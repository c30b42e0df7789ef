package dev.millrace.router;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * Where the router finds again what it had.
 *
 * @param dataDir a directory that outlives its processes; empty: one among the temporary files
 */
@ConfigurationProperties("millrace")
public record DataConfig(@Bindable(defaultValue = "") String dataDir) {}
