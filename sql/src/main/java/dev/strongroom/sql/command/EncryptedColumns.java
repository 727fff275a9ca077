package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.parse.statement.ColumnDefinition;
import dev.strongroom.sql.parse.statement.ColumnDefinition.ColumnEncryption;
import dev.strongroom.sql.parse.statement.ObjectName;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.jspecify.annotations.Nullable;

/** What DDL may say about encrypted columns (reference, sections 2.1, 5.2 and 7). */
final class EncryptedColumns {
    private EncryptedColumns() {}

    /** The type of a column declared with ENCRYPTED WITH; its scheme is found or made. */
    static ColumnType type(
            ColumnDefinition definition, ColumnEncryption encryption, ColumnType plain, CommandSession session) {
        ColumnKeySet keys = session.snapshot().columnKeys();
        ColumnEncryptionKey key = keys.encryptionKey(encryption.key())
                .orElseThrow(() -> NumberedError.NOT_FOUND_OR_DENIED
                        .report("column encryption key \"" + encryption.key()
                                + "\" does not exist or you do not have permission")
                        .withPosition(encryption.position())
                        .exception());
        String algorithm = encryption.algorithm();
        if (algorithm != null && !algorithm.equals(EncryptionScheme.ALGORITHM)) {
            throw NumberedError.UNKNOWN_COLUMN_ENCRYPTION_ALGORITHM
                    .report("unknown column encryption algorithm \"" + algorithm + "\"")
                    .withHint("There is " + EncryptionScheme.ALGORITHM + ".")
                    .withPosition(encryption.position())
                    .exception();
        }
        checkType(definition, encryption, plain);
        EncryptionScheme wanted = new EncryptionScheme(
                0, key.oid(), encryption.deterministic(), plain.type(), plain.typmod(), plain.collationOid());
        return keys.schemes().stream()
                .filter(wanted::same)
                .findFirst()
                .orElseGet(() -> make(wanted, session))
                .columnType();
    }

    private static EncryptionScheme make(EncryptionScheme wanted, CommandSession session) {
        EncryptionScheme made = new EncryptionScheme(
                session.ddl().allocateOid(),
                wanted.keyOid(),
                wanted.deterministic(),
                wanted.baseType(),
                wanted.baseTypmod(),
                wanted.collationOid());
        session.ddl().create(made);
        return made;
    }

    private static void checkType(ColumnDefinition definition, ColumnEncryption encryption, ColumnType plain) {
        String shown = TypeNames.of(plain.type(), plain.typmod());
        if (EncryptionScheme.normalizationRule(plain.type(), plain.typmod()) == 0) {
            throw NumberedError.ENCRYPTED_TYPE_UNSUPPORTED
                    .report("values of type " + shown + " cannot be encrypted: column \"" + definition.name() + "\"")
                    .withPosition(encryption.position())
                    .exception();
        }
        if (encryption.deterministic() && !EncryptionScheme.allowsDeterministic(plain.type(), plain.typmod())) {
            throw NumberedError.ENCRYPTED_TYPE_UNSUPPORTED
                    .report("values of type " + shown + " cannot be encrypted deterministically: column \""
                            + definition.name() + "\"")
                    .withHint(
                            plain.type() == PgType.NUMERIC
                                    ? "Give it precision and scale, such as numeric(19,4), or use RANDOMIZED."
                                    : "Equal values of this type may be written in several ways: use RANDOMIZED.")
                    .withPosition(encryption.position())
                    .exception();
        }
        ObjectName collation = definition.collation();
        if (collation != null && encryption.deterministic() && !deterministic(collation.name())) {
            throw NumberedError.ENCRYPTED_COLLATION
                    .report("collation \"" + collation.name()
                            + "\" does not compare bytes, which deterministic encryption needs: column \""
                            + definition.name() + "\"")
                    .withHint("Use COLLATE \"C\", the default.")
                    .withPosition(encryption.position())
                    .exception();
        }
    }

    /** AE-141; names ending in _BIN2 are what scripts for SQL Server say. */
    private static boolean deterministic(String collation) {
        return switch (collation) {
            case "C", "POSIX", "default", "ucs_basic", "C.UTF-8", "C.utf8" -> true;
            default -> collation.endsWith("_bin2") || collation.endsWith("_BIN2");
        };
    }

    static boolean encrypted(Column column) {
        return EncryptionScheme.encrypts(column.pgType());
    }

    /** SR283 for a clause that has no place on an encrypted column. */
    static DatabaseException clause(String what, String column) {
        return NumberedError.ENCRYPTED_COLUMN_CLAUSE.exception(
                what + " is not possible on encrypted column \"" + column + "\"");
    }

    /** SR283 for a column of rows, whose cells would lose their schemes. */
    static DatabaseException rows(String column) {
        return NumberedError.ENCRYPTED_COLUMN_CLAUSE.exception(
                "column \"" + column + "\" cannot hold rows with encrypted values");
    }

    static void refuse(String what, Column column) {
        if (encrypted(column)) {
            throw clause(what, column.name());
        }
    }

    /** SR285: a default would have to be encrypted by the server. */
    static void refuseDefault(Column column) {
        if (encrypted(column)) {
            throw NumberedError.ENCRYPTED_COLUMN_DEFAULT
                    .report("encrypted column \"" + column.name() + "\" cannot have a default other than NULL")
                    .withColumn(column.name())
                    .exception();
        }
    }

    /** SR282: what needs cells that can be compared. */
    static void refuseRandomized(PgType type, @Nullable String column) {
        if (type == PgType.ENCRYPTED_RND) {
            throw NumberedError.RANDOMIZED_KEY_COLUMN
                    .report("column" + (column == null ? "" : " \"" + column + "\"")
                            + " is encrypted with ENCRYPTION_TYPE = RANDOMIZED and cannot be a key of a constraint,"
                            + " index or statistics")
                    .withHint("Randomized cells of equal values differ; keys need ENCRYPTION_TYPE = DETERMINISTIC.")
                    .exception();
        }
    }

    /** SR281, SR282: both sides of a foreign key have to be encrypted alike, or not at all. */
    static void checkForeignKey(Column column, Column referenced, String constraint, CommandSession session) {
        if (!encrypted(column) && !encrypted(referenced)) {
            return;
        }
        refuseRandomized(column.pgType(), column.name());
        refuseRandomized(referenced.pgType(), referenced.name());
        ColumnKeySet keys = session.snapshot().columnKeys();
        boolean alike = encrypted(column)
                && encrypted(referenced)
                && keys.scheme(column.type().typmod())
                        .flatMap(one -> keys.scheme(referenced.type().typmod()).map(one::comparable))
                        .orElse(false);
        if (!alike) {
            throw NumberedError.ENCRYPTED_FOREIGN_KEY_MISMATCH
                    .report("columns \"" + column.name() + "\" and \"" + referenced.name() + "\" of foreign key \""
                            + constraint + "\" are not encrypted alike")
                    .withHint("Both need the same column encryption key, encryption type and data type.")
                    .exception();
        }
    }

    /**
     * SR283: a condition kept with a table may only ask whether an encrypted column is null.
     *
     * @param clause what the condition belongs to, for the message
     */
    static void checkCondition(String clause, SqlNode condition, TableDefinition table) {
        if (table.liveColumns().stream().noneMatch(EncryptedColumns::encrypted)) {
            return;
        }
        Deque<SqlNode> open = new ArrayDeque<>();
        open.add(condition);
        while (!open.isEmpty()) {
            SqlNode node = open.poll();
            boolean nullTest = node.getKind() == SqlKind.IS_NULL || node.getKind() == SqlKind.IS_NOT_NULL;
            if (node instanceof SqlIdentifier name) {
                String last = name.names.getLast();
                table.column(last).ifPresent(column -> refuse(clause, column));
                if (last.equals(table.name()) && table.column(last).isEmpty()) {
                    throw NumberedError.ENCRYPTED_COLUMN_CLAUSE.exception(
                            clause + " on the whole row is not possible in table \"" + last
                                    + "\", which has encrypted columns");
                }
            } else if (node instanceof SqlNodeList list) {
                list.forEach(item -> add(open, item));
            } else if (node instanceof SqlCall call && !(nullTest && call.operand(0) instanceof SqlIdentifier)) {
                call.getOperandList().forEach(operand -> add(open, operand));
            }
        }
    }

    private static void add(Deque<SqlNode> open, @Nullable SqlNode node) {
        if (node != null) {
            open.add(node);
        }
    }
}
