package dev.millrace.gpu.generate.echo;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * Whether a request may ask for trouble.
 *
 * @param allowed whether metadata such as {@code echo.fail} is honoured; elsewhere it is a bad request
 */
@ConfigurationProperties("millrace.faults")
public record FaultsConfig(@Bindable(defaultValue = "false") boolean allowed) {}
