package dev.millrace.bench.limits;

import dev.millrace.gpu.generate.djl.Script;
import java.util.function.Consumer;

/**
 * One way to find out what a device can do at most.
 *
 * @param by what a reader of the report is told
 * @param amount what one run does: bytes read or operations
 * @param packed whether it is prepacked products that do it
 * @param prepare what a script needs before it can run
 * @param run does the work once
 */
record Way(String by, double amount, boolean packed, Consumer<Script> prepare, Consumer<Script> run) {}
