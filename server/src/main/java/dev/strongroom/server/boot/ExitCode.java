package dev.strongroom.server.boot;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;

/** What the process tells the shell. Scripts rely on these numbers. */
public enum ExitCode {
    OK(0),
    DEFECTS_FOUND(1),
    USAGE(2),
    KEYS_UNAVAILABLE(3),
    DATA_DAMAGED(4),
    TAKEN(5);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Exit code for a failure to start. */
    public static ExitCode of(DatabaseException failure) {
        if (failure.code() == ErrorCode.OBJECT_IN_USE) {
            return TAKEN;
        }
        return switch (failure.code().errorClass()) {
            case KEY -> KEYS_UNAVAILABLE;
            case CORRUPTION -> DATA_DAMAGED;
            case USER -> USAGE;
            case RESOURCE, INTERNAL -> DEFECTS_FOUND;
        };
    }
}
