package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;

/** What a password in a key statement must be: 8 to 128 characters of at least three classes. */
public final class PasswordPolicy {
    private static final int MIN_LENGTH = 8;
    private static final int MAX_LENGTH = 128;
    private static final int MIN_CLASSES = 3;

    private PasswordPolicy() {}

    /** Fails with 33062, 33063 or 33064; the password itself is never named. */
    public static void check(String password) {
        if (password.length() < MIN_LENGTH) {
            throw NumberedError.PASSWORD_TOO_SHORT.exception(
                    "password validation failed: the password is shorter than " + MIN_LENGTH + " characters");
        }
        if (password.length() > MAX_LENGTH) {
            throw NumberedError.PASSWORD_TOO_LONG.exception(
                    "password validation failed: the password is longer than " + MAX_LENGTH + " characters");
        }
        int upper = 0;
        int lower = 0;
        int digit = 0;
        int other = 0;
        for (int i = 0; i < password.length(); i++) {
            char c = password.charAt(i);
            if (Character.isUpperCase(c)) {
                upper = 1;
            } else if (Character.isLowerCase(c)) {
                lower = 1;
            } else if (Character.isDigit(c)) {
                digit = 1;
            } else {
                other = 1;
            }
        }
        if (upper + lower + digit + other < MIN_CLASSES) {
            throw NumberedError.PASSWORD_TOO_SIMPLE
                    .report("password validation failed: the password is not complex enough")
                    .withHint(
                            "Use at least three of: upper case letters, lower case letters, digits, other characters.")
                    .exception();
        }
    }
}
