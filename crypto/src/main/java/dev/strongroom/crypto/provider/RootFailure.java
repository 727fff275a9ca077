package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;

/** The two ways a root fails: it is not there or does not fit (91005), or it lies about unprotected (91004). */
final class RootFailure {
    private RootFailure() {}

    static DatabaseException unavailable(String specification, String why) {
        return NumberedError.ROOT_UNAVAILABLE.exception("root provider \"" + specification + "\": " + why);
    }

    static DatabaseException unavailable(String specification, String why, Throwable cause) {
        return NumberedError.ROOT_UNAVAILABLE
                .report("root provider \"" + specification + "\": " + why)
                .exception(cause);
    }

    static DatabaseException doesNotFit(String specification) {
        return unavailable(specification, "it does not open the service master key of this data directory");
    }

    static DatabaseException unsafe(String specification, String why, String hint) {
        return NumberedError.ROOT_FILE_UNSAFE
                .report("root provider \"" + specification + "\": " + why)
                .withHint(hint)
                .exception();
    }
}
