package dev.millrace.gpu.model.parse;

/** How a family of models writes its tool calls. Thoughts are between think tags in all of them. */
public enum OutputFormat {
    /** No tool calls. */
    PLAIN,
    /** JSON with name and arguments between {@code <tool_call>} tags, as Hermes and Qwen do. */
    QWEN,
    /** Tags of a function and its parameters between those of the call, as Qwen3-Coder does. */
    MARKUP,
    /** DeepSeek's tokens around name and arguments, with a fence (V3, R1) or without (V3.1). */
    DEEPSEEK;

    /** The format that a chat template teaches. */
    public static OutputFormat of(String template) {
        if (template.contains("<｜tool▁call▁begin｜>") || template.contains("<｜tool▁calls▁begin｜>")) {
            return DEEPSEEK;
        }
        if (template.contains(QwenCalls.OPEN)) {
            return template.contains(MarkupCalls.FUNCTION) ? MARKUP : QWEN;
        }
        return PLAIN;
    }
}
