package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.parse.statement.ColumnConstraint;
import dev.strongroom.sql.parse.statement.ColumnDefinition;
import dev.strongroom.sql.parse.statement.ColumnDefinition.ColumnEncryption;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.parse.statement.SequenceOption;
import dev.strongroom.sql.parse.statement.TableConstraint;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.jspecify.annotations.Nullable;

/** Turns column definitions into catalog columns, making the sequences of serial and identity columns on the way. */
final class ColumnBuilder {
    private final CommandSession session;
    private final Schema schema;
    private final String tableName;
    private final int tableOid;
    private final Persistence persistence;
    private final List<SequenceDefinition> sequences = new ArrayList<>();
    private final List<TableConstraint> constraints = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();

    ColumnBuilder(CommandSession session, Schema schema, String tableName, int tableOid, Persistence persistence) {
        this.session = session;
        this.schema = schema;
        this.tableName = tableName;
        this.tableOid = tableOid;
        this.persistence = persistence;
    }

    /** Sequences to add to the catalog after the table. */
    List<SequenceDefinition> sequences() {
        return sequences;
    }

    /** Constraints written behind columns that belong to the table. */
    List<TableConstraint> constraints() {
        return constraints;
    }

    Column build(ColumnDefinition definition, int number) {
        PgType serial = serial(definition.type());
        ColumnType type = serial != null ? ColumnType.of(serial) : Commands.type(definition.type());
        ColumnEncryption encryption = definition.encryption();
        if (encryption != null) {
            if (serial != null) {
                throw EncryptedColumns.clause("serial", definition.name());
            }
            type = EncryptedColumns.type(definition, encryption, type, session);
        }
        Column column = Column.of(number, definition.name(), type, serial != null);
        if (serial != null) {
            SequenceDefinition sequence = sequence(definition.name(), serial, List.of());
            sequences.add(sequence.withOwnedBy(tableOid, number, false));
            column = column.withDefault(nextval(sequence));
        }
        boolean nullSaid = false;
        boolean notNullSaid = serial != null;
        for (ColumnConstraint constraint : definition.constraints()) {
            switch (constraint) {
                case ColumnConstraint.NotNull ignored -> {
                    notNullSaid = true;
                    column = column.withNotNull(true);
                }
                case ColumnConstraint.Null ignored -> nullSaid = true;
                case ColumnConstraint.Default value -> {
                    if (column.defaultValue() != null) {
                        throw multiple("multiple default values", definition);
                    }
                    column = withDefault(column, value.value());
                }
                case ColumnConstraint.OfTable table -> constraints.add(table.constraint());
                case ColumnConstraint.Identity identity -> {
                    notNullSaid = true;
                    column = withIdentity(column, identity.always(), identity.options());
                }
                case ColumnConstraint.Generated generated -> {
                    EncryptedColumns.refuse("GENERATED ALWAYS AS", column);
                    column = column.withGenerated(new ColumnDefault(
                            session.ddl().allocateOid(), generated.value().text(), List.of()));
                }
            }
        }
        if (nullSaid && notNullSaid) {
            throw ErrorReport.error(
                            ErrorCode.SYNTAX_ERROR,
                            "conflicting NULL/NOT NULL declarations for column \"" + definition.name()
                                    + "\" of table \"" + tableName + "\"")
                    .withPosition(definition.position())
                    .exception();
        }
        return column;
    }

    private RuntimeException multiple(String what, ColumnDefinition definition) {
        return ErrorReport.error(
                        ErrorCode.SYNTAX_ERROR,
                        what + " specified for column \"" + definition.name() + "\" of table \"" + tableName + "\"")
                .withPosition(definition.position())
                .exception();
    }

    /** GENERATED … AS IDENTITY. */
    Column withIdentity(Column column, boolean always, List<SequenceOption> options) {
        EncryptedColumns.refuse("IDENTITY", column);
        PgType type = column.pgType();
        if (type != PgType.INT2 && type != PgType.INT4 && type != PgType.INT8) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            "identity column type must be smallint, integer, or bigint")
                    .exception();
        }
        SequenceDefinition sequence = sequence(column.name(), type, options);
        sequences.add(sequence.withOwnedBy(tableOid, column.number(), true));
        return column.withNotNull(true).withIdentity(always ? Column.Identity.ALWAYS : Column.Identity.BY_DEFAULT);
    }

    private SequenceDefinition sequence(String columnName, PgType type, List<SequenceOption> options) {
        String name = Names.chooseRelation(tableName, columnName, "seq", schema.oid(), session.snapshot(), taken);
        for (SequenceOption option : options) {
            if (option instanceof SequenceOption.SequenceName given) {
                name = given.name().name();
            }
        }
        taken.add(name);
        SequenceCommands.Plan plan = SequenceCommands.plan(options, type, null);
        return SequenceCommands.make(schema, name, persistence, plan, session);
    }

    private ColumnDefault nextval(SequenceDefinition sequence) {
        String name = Identifiers.qualified(schema.name(), sequence.name());
        return new ColumnDefault(
                session.ddl().allocateOid(),
                "nextval('" + name.replace("'", "''") + "'::regclass)",
                List.of(ObjectRef.relation(sequence.oid())));
    }

    /** DEFAULT; DEFAULT NULL is none. Checked by planning it as the column's type. */
    Column withDefault(Column column, Expression value) {
        if (value.node() instanceof SqlLiteral literal && literal.getValue() == null) {
            return column.withDefault(null);
        }
        EncryptedColumns.refuseDefault(column);
        ColumnDefault made = sequenceDefault(value.node());
        if (made == null) {
            made = new ColumnDefault(session.ddl().allocateOid(), value.text(), List.of());
        }
        return column.withDefault(made);
    }

    /** {@code nextval('name')} keeps the sequence, not its name. */
    private @Nullable ColumnDefault sequenceDefault(SqlNode node) {
        if (!(node instanceof SqlBasicCall call)
                || !(call.getOperator() instanceof SqlUnresolvedFunction function)
                || !function.getName().equalsIgnoreCase("nextval")
                || call.operandCount() != 1) {
            return null;
        }
        SqlNode argument = call.operand(0);
        while (argument instanceof SqlCall inner && inner.operandCount() == 1) {
            argument = inner.operand(0);
        }
        if (!(argument instanceof SqlLiteral literal)) {
            return null;
        }
        OptionalLong found =
                session.settings().typeContext().regNames().oid(PgType.REGCLASS, String.valueOf(literal.toValue()));
        if (found.isPresent()) {
            Relation relation =
                    session.snapshot().relation((int) found.getAsLong()).orElse(null);
            if (relation instanceof SequenceDefinition sequence) {
                String name = Names.sql(sequence, session.snapshot());
                return new ColumnDefault(
                        session.ddl().allocateOid(),
                        "nextval('" + name.replace("'", "''") + "'::regclass)",
                        List.of(ObjectRef.relation(sequence.oid())));
            }
        }
        return null;
    }

    private static @Nullable PgType serial(TypeName type) {
        if (type.schema() != null || type.arrayDimensions() > 0) {
            return null;
        }
        return switch (type.name().toLowerCase(Locale.ROOT)) {
            case "serial", "serial4" -> PgType.INT4;
            case "bigserial", "serial8" -> PgType.INT8;
            case "smallserial", "serial2" -> PgType.INT2;
            default -> null;
        };
    }
}
