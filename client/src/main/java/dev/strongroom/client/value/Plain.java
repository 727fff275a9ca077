package dev.strongroom.client.value;

/**
 * A value in the form that is encrypted.
 *
 * @param bytes the plaintext
 * @param exact false = a compared value no cell of the column can equal (decision A-1)
 */
public record Plain(byte[] bytes, boolean exact) {
    @Override
    public String toString() {
        return "plain value";
    }
}
