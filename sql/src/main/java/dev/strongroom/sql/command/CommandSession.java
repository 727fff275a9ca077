package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.UserAccess;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement.OnCommit;
import dev.strongroom.sql.plan.PreparedPlan;
import dev.strongroom.sql.session.DatabaseDirectory;
import dev.strongroom.sql.session.SessionSettings;
import dev.strongroom.sql.session.SessionSink;
import dev.strongroom.sql.validate.CellUse;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.Transaction;
import java.util.List;
import java.util.function.Supplier;

/** What a utility statement sees of the session that runs it. A transaction is open around every call. */
public interface CommandSession {
    Catalog catalog();

    /** DDL of the running transaction. */
    CatalogTransaction ddl();

    /** Catalog as the running transaction sees it. */
    CatalogSnapshot snapshot();

    SearchPath path();

    Database database();

    /** The running storage transaction, its statement begun. */
    Transaction transaction();

    int currentUserOid();

    String currentUserName();

    AccessRights rights();

    SessionSettings settings();

    DatabaseDirectory databases();

    /** Sessions connected to a database, this one included. */
    int sessionsOf(int databaseOid);

    /** Other sessions connected to a database. Those that are about to end get 5 seconds for it, as PostgreSQL gives them. */
    int awaitOthers(int databaseOid);

    /**
     * Takes a database for few, or for nobody, until this statement has ended, and makes the others leave.
     *
     * @throws dev.strongroom.common.error.DatabaseException 5061 if they do not
     */
    void empty(DatabaseDefinition database, UserAccess access, Leaving leaving);

    void notice(ErrorReport report);

    /** What statements about keys need. */
    KeyStatements.KeyStatementSession keys();

    SessionSink sink();

    /** Plans a query or modification of this statement's text. */
    PreparedPlan plan(Statement statement, String text);

    /** As {@link #plan(Statement, String)}, with the types of its parameters. */
    PreparedPlan plan(Statement statement, String text, List<PgType> parameterTypes);

    /** As {@link #plan(Statement, String)}, meeting encrypted columns as the client does. */
    PreparedPlan plan(Statement statement, String text, CellUse cellUse);

    /** As {@link #plan(Statement, String)}, with every node described, and measuring itself if it is to run. */
    PreparedPlan explain(Statement statement, String text, boolean measured);

    /** Makes a plan and locks and checks what it touches; makes it again where the catalog moved meanwhile. */
    PreparedPlan planToRun(Supplier<PreparedPlan> planning);

    ExecutionContext execution(Row parameters);

    /**
     * Refuses to run inside a transaction block.
     *
     * @throws dev.strongroom.common.error.DatabaseException ACTIVE_SQL_TRANSACTION
     */
    void refuseInBlock(String command);

    /**
     * Refuses to run alone: what the command does would end with it.
     *
     * @throws dev.strongroom.common.error.DatabaseException NO_ACTIVE_SQL_TRANSACTION
     */
    void requireBlock(String command);

    /**
     * Commits what the command has done and goes on in a transaction of its own, READ COMMITTED; only for commands that
     * {@link #refuseInBlock}. Whatever fails from here on leaves the first part done.
     */
    void nextTransaction();

    /** What happens to a temporary table whenever a transaction commits. */
    void onCommit(int tableOid, OnCommit what);

    /** Does something once the transaction has committed. */
    void afterCommit(Runnable work);

    Randomness randomness();

    /** Microseconds since 2000-01-01 UTC. */
    long clockMicros();
}
