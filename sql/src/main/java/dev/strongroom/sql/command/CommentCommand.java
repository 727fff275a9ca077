package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.ObjectStatement.Comment;
import java.util.List;

/** COMMENT ON. */
final class CommentCommand {
    private CommentCommand() {}

    static String run(Comment comment, CommandSession session) {
        String text = comment.text() == null || comment.text().isEmpty() ? null : comment.text();
        session.ddl().comment(target(comment, session), text);
        return "COMMENT";
    }

    private static ObjectRef target(Comment comment, CommandSession session) {
        ObjectName name = comment.name();
        switch (comment.kind()) {
            case TABLE, VIEW, INDEX, SEQUENCE, MATERIALIZED_VIEW -> {
                Relation relation = Names.relation(name, session);
                session.rights().requireOwner(relation);
                return relation.ref();
            }
            case COLUMN -> {
                List<String> parts = name.parts();
                if (parts.size() < 2) {
                    throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "column name must be qualified")
                            .withPosition(name.position())
                            .exception();
                }
                Relation relation =
                        Names.relation(new ObjectName(parts.subList(0, parts.size() - 1), name.position()), session);
                session.rights().requireOwner(relation);
                return ObjectRef.column(
                        relation.oid(), Names.column(relation, name.name()).number());
            }
            case SCHEMA -> {
                var schema = session.snapshot().requireSchema(name.name());
                session.rights().requireOwner(schema);
                return schema.ref();
            }
            case DATABASE -> {
                var database = session.snapshot()
                        .shared()
                        .database(name.name())
                        .orElseThrow(() -> ErrorReport.error(
                                        ErrorCode.INVALID_CATALOG_NAME,
                                        "database \"" + name.name() + "\" does not exist")
                                .exception());
                session.rights().requireOwner(database);
                return database.ref();
            }
            case ROLE -> {
                return ObjectRef.of(
                        ObjectClass.ROLE,
                        session.snapshot().shared().requireRole(name.name()).oid());
            }
            case CONSTRAINT -> {
                if (comment.table() == null) {
                    throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "a constraint is named with its table")
                            .exception();
                }
                Relation relation = Names.relation(comment.table(), session);
                session.rights().requireOwner(relation);
                return session.snapshot()
                        .constraint(relation.oid(), name.name())
                        .orElseThrow(() -> ErrorReport.error(
                                        ErrorCode.UNDEFINED_OBJECT,
                                        "constraint \"" + name.name() + "\" for table \"" + relation.name()
                                                + "\" does not exist")
                                .exception())
                        .ref();
            }
            default -> throw Commands.unsupported("COMMENT ON " + comment.kind().tag());
        }
    }
}
