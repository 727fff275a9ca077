package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code information_schema.columns}. */
final class ColumnsView {
    private ColumnsView() {}

    static void rows(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = InformationSchema.rights(context);
        Definitions definitions = new Definitions(context.snapshot(), context.path());
        for (Relation relation : context.snapshot().relations()) {
            if (!InformationSchema.tableOrView(relation)) {
                continue;
            }
            for (Column column : relation.liveColumns()) {
                if (shown(rights, relation, column)) {
                    InformationSchema.tableName(context, row, relation);
                    describe(context, row, relation, column, definitions);
                    row.emit(sink);
                }
            }
        }
    }

    /** The declared type, also of an encrypted column (AE-60). */
    private static ColumnType plain(CatalogSnapshot snapshot, Column column) {
        return EncryptionScheme.encrypts(column.pgType())
                ? snapshot.columnKeys()
                        .scheme(column.type().typmod())
                        .map(scheme -> new ColumnType(scheme.baseType(), scheme.baseTypmod(), scheme.collationOid()))
                        .orElse(column.type())
                : column.type();
    }

    private static boolean shown(AccessRights rights, Relation relation, Column column) {
        return rights.has(relation, column, Privilege.SELECT)
                || rights.has(relation, column, Privilege.INSERT)
                || rights.has(relation, column, Privilege.UPDATE)
                || rights.has(relation, column, Privilege.REFERENCES);
    }

    private static void describe(
            SystemContext context, RowBuilder row, Relation relation, Column column, Definitions definitions) {
        ColumnType shown = plain(context.snapshot(), column);
        PgType type = shown.type();
        InformationTypes types = InformationTypes.of(type, shown.typmod());
        boolean identity = column.identity() != Column.Identity.NONE;
        String expression = definitions.expression(column);
        row.set("column_name", column.name())
                .set("ordinal_position", column.number())
                .set("column_default", column.generated() ? null : expression)
                .set("is_nullable", InformationSchema.yesNo(!column.notNull()))
                .set("data_type", types.dataType())
                .set("character_maximum_length", types.characterLength())
                .set("character_octet_length", types.octetLength())
                .set("numeric_precision", types.numericPrecision())
                .set("numeric_precision_radix", types.numericRadix())
                .set("numeric_scale", types.numericScale())
                .set("datetime_precision", types.datetimePrecision())
                .set("interval_type", types.intervalType())
                .set("udt_catalog", InformationSchema.catalogName(context))
                .set("udt_schema", "pg_catalog")
                .set("udt_name", type.name())
                .set("dtd_identifier", Integer.toString(column.number()))
                .set("is_self_referencing", "NO")
                .set("is_identity", InformationSchema.yesNo(identity))
                .set("is_generated", column.generated() ? "ALWAYS" : "NEVER")
                .set("generation_expression", column.generated() ? expression : null)
                .set("is_updatable", InformationSchema.yesNo(relation.relkind() == 'r'));
        if (identity) {
            identity(row, column, sequence(context, relation, column));
        } else {
            row.set("identity_cycle", "NO");
        }
        if (column.type().collationOid() == 950) {
            row.set("collation_catalog", InformationSchema.catalogName(context))
                    .set("collation_schema", "pg_catalog")
                    .set("collation_name", "C");
        }
    }

    private static @Nullable SequenceDefinition sequence(SystemContext context, Relation relation, Column column) {
        return context.snapshot().ownedSequences(relation.oid()).stream()
                .filter(sequence -> sequence.ownedByColumn() == column.number())
                .findFirst()
                .orElse(null);
    }

    private static void identity(RowBuilder row, Column column, @Nullable SequenceDefinition sequence) {
        row.set("identity_generation", column.identity() == Column.Identity.ALWAYS ? "ALWAYS" : "BY DEFAULT");
        if (sequence != null) {
            row.set("identity_start", Long.toString(sequence.layout().start()))
                    .set("identity_increment", Long.toString(sequence.layout().increment()))
                    .set("identity_maximum", Long.toString(sequence.layout().maximum()))
                    .set("identity_minimum", Long.toString(sequence.layout().minimum()))
                    .set(
                            "identity_cycle",
                            InformationSchema.yesNo(sequence.layout().cycle()));
        }
    }
}
