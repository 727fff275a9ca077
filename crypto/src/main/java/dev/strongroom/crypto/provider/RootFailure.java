package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;

/** How a root fails: it is not there or does not fit (91005). What is wrong with a file, {@link SecretFile} says. */
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
}
