package dev.millrace.router.settle;

import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.UsageRecorded;

/** How a request ended, with its text and in figures. */
public record Settlement(CompletionRecorded completion, UsageRecorded usage) {}
