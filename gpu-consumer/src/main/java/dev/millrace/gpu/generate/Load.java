package dev.millrace.gpu.generate;

/**
 * How full a generator is.
 *
 * @param tokenBacklog tokens yet to be read or written for what it holds
 */
public record Load(int slots, int freeSlots, long tokenBacklog, long kvBlocks, long kvBlocksUsed) {}
