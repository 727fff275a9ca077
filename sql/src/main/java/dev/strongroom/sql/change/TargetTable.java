package dev.strongroom.sql.change;

import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.cell.Cells;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.storage.table.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A table that is written to, and what its rows must satisfy. Immutable to those who use it; thread-safe. */
public final class TargetTable {
    private static final int SHOWN_CHARACTERS = 64;

    private final TargetTables tables;
    private final TableDefinition definition;
    private final TableLayout layout;
    private final TargetColumn[] columns;
    private final List<CheckedCondition> checks;
    private final boolean generates;
    /** Defaults asked for so far, by slot. */
    private final AtomicReferenceArray<@Nullable Default> defaults;

    private volatile @Nullable List<OutgoingKey> outgoing;
    private volatile @Nullable List<IncomingKey> incoming;

    TargetTable(
            TargetTables tables,
            TableDefinition definition,
            TableLayout layout,
            List<TargetColumn> columns,
            List<CheckedCondition> checks) {
        this.tables = tables;
        this.definition = definition;
        this.layout = layout;
        this.columns = columns.toArray(TargetColumn[]::new);
        this.checks = List.copyOf(checks);
        this.defaults = new AtomicReferenceArray<>(columns.size());
        this.generates = columns.stream().anyMatch(column -> column.generated() != null);
    }

    public TableLayout layout() {
        return layout;
    }

    public int oid() {
        return definition.oid();
    }

    /** Slots of a row. */
    public int width() {
        return columns.length;
    }

    TargetColumn column(int slot) {
        return columns[slot];
    }

    /** Foreign keys of this table. */
    List<OutgoingKey> outgoing() {
        List<OutgoingKey> keys = outgoing;
        if (keys == null) {
            keys = new ArrayList<>();
            for (Constraint constraint : tables.catalog().constraints(oid())) {
                if (constraint instanceof Constraint.ForeignKey key) {
                    keys.add(OutgoingKey.of(tables.catalog(), this, key));
                }
            }
            outgoing = keys;
        }
        return keys;
    }

    /** Foreign keys that point at this table. */
    List<IncomingKey> incoming() {
        List<IncomingKey> keys = incoming;
        if (keys == null) {
            keys = new ArrayList<>();
            for (Constraint.ForeignKey key : tables.catalog().referencing(oid())) {
                keys.add(IncomingKey.of(tables.catalog(), this, key));
            }
            incoming = keys;
        }
        return keys;
    }

    TargetTable other(int tableOid) {
        return tableOid == oid() ? this : tables.target(tableOid);
    }

    /** Default of a column, null for none. */
    @Nullable
    Expr columnDefault(int slot) {
        Default known = defaults.get(slot);
        if (known == null) {
            known = new Default(
                    tables.columnDefault(definition, definition.columns().get(slot)));
            defaults.set(slot, known);
        }
        return known.expression;
    }

    private record Default(@Nullable Expr expression) {}

    /** Computes generated columns, then tests NOT NULL and CHECK constraints. */
    void complete(Frame frame, Row row) {
        frame.on(row);
        if (generates) {
            for (int i = 0; i < columns.length; i++) {
                Expr generated = columns[i].generated();
                if (generated != null) {
                    generated.evalInto(frame, row, i);
                }
            }
        }
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].notNull() && row.isNull(i) && !columns[i].dropped()) {
                throw nullViolation(frame, row, columns[i].name());
            }
        }
        for (CheckedCondition check : checks) {
            if (check.condition().evalLong(frame) == 0 && !frame.isNull()) {
                throw checkViolation(frame, row, check.name());
            }
        }
    }

    private RuntimeException nullViolation(Frame frame, Row row, String column) {
        return ErrorReport.error(
                        ErrorCode.NOT_NULL_VIOLATION,
                        "null value in column \"" + column + "\" of relation \"" + layout.name()
                                + "\" violates not-null constraint")
                .withDetail(failingRow(frame, row))
                .withSchema(layout.schema())
                .withTable(layout.name())
                .withColumn(column)
                .exception();
    }

    private RuntimeException checkViolation(Frame frame, Row row, String constraint) {
        return ErrorReport.error(
                        ErrorCode.CHECK_VIOLATION,
                        "new row for relation \"" + layout.name() + "\" violates check constraint \"" + constraint
                                + "\"")
                .withDetail(failingRow(frame, row))
                .withSchema(layout.schema())
                .withTable(layout.name())
                .withConstraint(constraint)
                .exception();
    }

    private String failingRow(Frame frame, Row row) {
        TypeContext context = frame.context().session().typeContext();
        StringBuilder text = new StringBuilder("Failing row contains (");
        String separator = "";
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].dropped()) {
                continue;
            }
            text.append(separator);
            separator = ", ";
            String value = row.isNull(i) ? "null" : Cells.text(columns[i].type(), row, i, context);
            text.append(value.length() > SHOWN_CHARACTERS ? value.substring(0, SHOWN_CHARACTERS) + "..." : value);
        }
        return text.append(").").toString();
    }

    /** {@code (a, b)=(1, 2)}: columns and their values in a row. */
    String keyText(Frame frame, Row row, int[] slots) {
        TypeContext context = frame.context().session().typeContext();
        StringBuilder names = new StringBuilder();
        StringBuilder values = new StringBuilder();
        for (int slot : slots) {
            names.append(names.isEmpty() ? "" : ", ").append(columns[slot].name());
            values.append(values.isEmpty() ? "" : ", ")
                    .append(row.isNull(slot) ? "null" : Cells.text(columns[slot].type(), row, slot, context));
        }
        return "(" + names + ")=(" + values + ")";
    }

    @Override
    public String toString() {
        return layout.name();
    }
}
