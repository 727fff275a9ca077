package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.DropBehavior;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.ObjectStatement.Drop;
import dev.strongroom.storage.table.TableLockMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** DROP of tables, views, sequences, indexes, schemas. */
final class DropCommand {
    private DropCommand() {}

    static String run(Drop drop, CommandSession session) {
        if (drop.concurrently()) {
            session.refuseInBlock("DROP INDEX CONCURRENTLY");
        }
        List<ObjectRef> refs = new ArrayList<>();
        for (ObjectName name : drop.names()) {
            if (drop.kind() == ObjectKind.SCHEMA) {
                schema(drop, name, session).ifPresent(refs::add);
            } else {
                relation(drop, name, session).ifPresent(refs::add);
            }
        }
        if (!refs.isEmpty()) {
            DropBehavior behavior = drop.cascade() ? DropBehavior.CASCADE : DropBehavior.RESTRICT;
            report(session.ddl().drop(refs, behavior, session.path()), session);
        }
        return "DROP " + drop.kind().tag();
    }

    static void report(CatalogTransaction.Dropped dropped, CommandSession session) {
        if (dropped.notice() != null) {
            session.notice(dropped.notice());
        }
    }

    private static Optional<ObjectRef> schema(Drop drop, ObjectName name, CommandSession session) {
        Optional<Schema> schema = session.snapshot().schema(name.name());
        if (schema.isEmpty()) {
            String message = "schema \"" + name.name() + "\" does not exist";
            if (!drop.ifExists()) {
                throw ErrorReport.error(ErrorCode.INVALID_SCHEMA_NAME, message).exception();
            }
            session.notice(ErrorReport.notice(message + ", skipping"));
            return Optional.empty();
        }
        session.rights().requireOwner(schema.get());
        return Optional.of(schema.get().ref());
    }

    private static Optional<ObjectRef> relation(Drop drop, ObjectName name, CommandSession session) {
        char wanted = switch (drop.kind()) {
            case TABLE -> 'r';
            case VIEW -> 'v';
            case INDEX -> 'i';
            case SEQUENCE -> 'S';
            case MATERIALIZED_VIEW -> 'm';
            default -> missing(drop, name, session);
        };
        if (wanted == 0) {
            return Optional.empty();
        }
        boolean temporary = "pg_temp".equals(name.schema());
        if (name.schema() != null
                && !temporary
                && session.snapshot().schema(name.schema()).isEmpty()) {
            return absent(
                    drop, "schema \"" + name.schema() + "\" does not exist", ErrorCode.INVALID_SCHEMA_NAME, session);
        }
        Names.checkDatabase(name, session);
        Optional<Relation> found = session.snapshot().relation(name.schema(), name.name(), session.path());
        if (found.isEmpty()) {
            ErrorCode code = drop.kind() == ObjectKind.INDEX ? ErrorCode.UNDEFINED_OBJECT : ErrorCode.UNDEFINED_TABLE;
            return absent(drop, drop.kind().word() + " \"" + name.name() + "\" does not exist", code, session);
        }
        Relation relation = found.get();
        if (relation.relkind() != wanted) {
            String article = drop.kind() == ObjectKind.INDEX ? "an " : "a ";
            throw ErrorReport.error(
                            ErrorCode.WRONG_OBJECT_TYPE,
                            "\"" + relation.name() + "\" is not " + article
                                    + drop.kind().word())
                    .withHint("Use DROP " + relation.kindName().toUpperCase(Locale.ROOT) + " to remove "
                            + (relation.relkind() == 'i' ? "an " : "a ") + relation.kindName() + ".")
                    .exception();
        }
        if (!relation.temporary()) {
            Commands.refuseReadOnly(session, "DROP " + drop.kind().tag());
        }
        return Optional.of(lockAndCheck(relation, session).ref());
    }

    private static Relation lockAndCheck(Relation relation, CommandSession session) {
        if (relation instanceof TableDefinition table) {
            session.rights().requireOwner(table);
            TableDefinition locked = Names.lock(table, TableLockMode.ACCESS_EXCLUSIVE, session);
            session.snapshot()
                    .referencing(table.oid())
                    .forEach(key -> session.snapshot()
                            .relation(key.tableOid())
                            .ifPresent(other ->
                                    Names.lock((TableDefinition) other, TableLockMode.ACCESS_EXCLUSIVE, session)));
            return locked;
        }
        if (relation instanceof IndexDefinition index) {
            TableDefinition table = Names.current(index.tableOid(), session);
            session.rights().requireOwner(table);
            Names.lock(table, TableLockMode.ACCESS_EXCLUSIVE, session);
            return session.snapshot().relation(index.oid()).orElse(relation);
        }
        session.rights().requireOwner(relation);
        return relation;
    }

    private static Optional<ObjectRef> absent(Drop drop, String message, ErrorCode code, CommandSession session) {
        if (!drop.ifExists()) {
            throw ErrorReport.error(code, message).exception();
        }
        session.notice(ErrorReport.notice(message + ", skipping"));
        return Optional.empty();
    }

    /** Kinds of which there are none: IF EXISTS passes over them. */
    private static char missing(Drop drop, ObjectName name, CommandSession session) {
        if (!drop.ifExists()) {
            throw Commands.unsupported("DROP " + drop.kind().tag());
        }
        session.notice(
                ErrorReport.notice(drop.kind().word() + " \"" + Names.shown(name) + "\" does not exist, skipping"));
        return 0;
    }
}
