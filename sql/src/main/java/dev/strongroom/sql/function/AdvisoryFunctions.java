package dev.strongroom.sql.function;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import org.jspecify.annotations.Nullable;

/** {@code pg_advisory_lock} and its family. */
final class AdvisoryFunctions {
    private static final long LOW = 0xffff_ffffL;

    private AdvisoryFunctions() {}

    static void define(Definitions to) {
        for (String keys : new String[] {"int8", "int4"}) {
            for (String level : new String[] {"", "xact_"}) {
                for (String mode : new String[] {"", "shared_"}) {
                    boolean transaction = !level.isEmpty();
                    boolean shared = !mode.isEmpty();
                    String name = "advisory_" + level + "lock_" + mode + keys;
                    to.general("pg_" + name, (call, arguments) -> {
                        locks(call).lock(key(call, arguments), shared, transaction);
                        return "";
                    });
                    to.general(
                            "pg_try_" + name,
                            (call, arguments) ->
                                    locks(call).tryLock(key(call, arguments), shared, transaction) ? 1L : 0L);
                }
            }
            to.general("pg_advisory_unlock_" + keys, (call, arguments) -> unlock(call, arguments, false));
            to.general("pg_advisory_unlock_shared_" + keys, (call, arguments) -> unlock(call, arguments, true));
        }
        to.general("pg_advisory_unlock_all", (call, arguments) -> {
            locks(call).unlockAll();
            return "";
        });
    }

    private static AdvisoryLocking locks(Call call) {
        return call.session().advisoryLocks();
    }

    private static AdvisoryLocking.Key key(Call call, @Nullable Object[] arguments) {
        long first = SystemCatalogFunctions.number(arguments, 0);
        if (arguments.length == 1) {
            return new AdvisoryLocking.Key(call.session().databaseOid(), 1, first);
        }
        long second = SystemCatalogFunctions.number(arguments, 1);
        return new AdvisoryLocking.Key(call.session().databaseOid(), 2, first << 32 | second & LOW);
    }

    private static Object unlock(Call call, @Nullable Object[] arguments, boolean shared) {
        boolean released = locks(call).unlock(key(call, arguments), shared);
        if (!released) {
            call.session()
                    .notice(ErrorReport.warning(
                            ErrorCode.WARNING,
                            "you don't own a lock of type " + (shared ? "ShareLock" : "ExclusiveLock")));
        }
        return released ? 1L : 0L;
    }
}
