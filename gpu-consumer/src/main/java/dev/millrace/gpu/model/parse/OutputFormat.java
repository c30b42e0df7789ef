package dev.millrace.gpu.model.parse;

/** How a family of models writes its tool calls. Thoughts are between think tags in all of them. */
public enum OutputFormat {
    /** No tool calls. */
    PLAIN,
    /** JSON with name and arguments between {@code <tool_call>} tags, as Hermes and Qwen do. */
    QWEN,
    /** DeepSeek's tokens around name and arguments, with a fence (V3, R1) or without (V3.1). */
    DEEPSEEK;

    /** What Qwen3-Coder writes between the tags in place of JSON, which nothing here reads. */
    private static final String MARKUP = "<function=";

    /** The format that a chat template teaches. */
    public static OutputFormat of(String template) {
        if (template.contains("<｜tool▁call▁begin｜>") || template.contains("<｜tool▁calls▁begin｜>")) {
            return DEEPSEEK;
        }
        return template.contains("<tool_call>") && !template.contains(MARKUP) ? QWEN : PLAIN;
    }
}
