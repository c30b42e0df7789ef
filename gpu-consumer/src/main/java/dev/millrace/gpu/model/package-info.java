/** What a published model directory says about its text: vocabulary, special tokens, chat template. */
@NullMarked
package dev.millrace.gpu.model;

import org.jspecify.annotations.NullMarked;
