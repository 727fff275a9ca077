package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;

/**
 * What {@code pg_cancel_backend} and {@code pg_terminate_backend} do (PostgreSQL manual, section 9.27.2): a role may signal
 * the sessions of roles it is a member of, {@code pg_signal_backend} those of any role but a superuser.
 */
final class BackendSignals {
    private static final String SIGNAL_ROLE = "pg_signal_backend";

    private BackendSignals() {}

    /** Signals a session; false, after a warning, if there is none of that number. */
    static boolean send(SqlSession from, int processId, boolean terminate) {
        SqlSession to = from.engine().session(processId);
        if (to == null) {
            from.notice(ErrorReport.warning(
                    ErrorCode.WARNING, "PID " + processId + " is not a PostgreSQL backend process"));
            return false;
        }
        check(from, to, terminate);
        if (terminate) {
            return from.engine().parts().terminateBackend().test(processId);
        }
        to.cancel();
        return true;
    }

    private static void check(SqlSession from, SqlSession to, boolean terminate) {
        Role sender = from.role(from.identity().currentOid());
        if (sender.superuser()) {
            return;
        }
        Role receiver = from.role(to.identity().currentOid());
        String act = terminate ? "terminate" : "cancel";
        if (receiver.superuser()) {
            throw denied("must be a superuser to " + act + " superuser " + (terminate ? "process" : "query"));
        }
        SharedSnapshot roles = from.engine().databases().shared().head();
        boolean signaller = roles.role(SIGNAL_ROLE)
                .filter(role -> roles.memberOf(sender.oid(), role.oid()))
                .isPresent();
        if (!signaller && !roles.memberOf(sender.oid(), receiver.oid())) {
            String what = terminate ? "process is being terminated" : "query is being canceled";
            throw denied("must be a member of the role whose " + what + " or member of " + SIGNAL_ROLE);
        }
    }

    private static RuntimeException denied(String message) {
        return ErrorReport.error(ErrorCode.INSUFFICIENT_PRIVILEGE, message).exception();
    }
}
