package dev.strongroom.client.jdbc;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A call whose IN parameters are encrypted; what it returns as rows is decrypted like any result. */
final class CallableLayer extends PreparedLayer {
    CallableLayer(CallableStatement below, Session session, Connection owner, StatementForm form) throws SQLException {
        super(below, session, owner, form);
    }

    @Override
    Class<? extends Statement> kind() {
        return CallableStatement.class;
    }
}
