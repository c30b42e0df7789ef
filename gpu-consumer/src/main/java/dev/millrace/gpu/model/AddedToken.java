package dev.millrace.gpu.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A token beside the vocabulary proper, as tokenizer files write it.
 *
 * @param single whether it must stand alone as a word
 * @param left whether it takes the white space before it along
 * @param right whether it takes the white space behind it along
 * @param normalized whether it is looked for in normalised text
 * @param special whether it controls the model and is no part of any text
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record AddedToken(
        int id,
        String content,
        @JsonProperty("single_word") boolean single,
        @JsonProperty("lstrip") boolean left,
        @JsonProperty("rstrip") boolean right,
        boolean normalized,
        boolean special) {

    AddedToken at(int itsId) {
        return new AddedToken(itsId, content, single, left, right, normalized, special);
    }
}
