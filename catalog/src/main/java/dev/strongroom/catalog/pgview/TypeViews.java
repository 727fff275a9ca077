package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.function.Consumer;

/** {@code pg_type} and what describes types and functions: built-in rows, and a row type for each table and view. */
final class TypeViews {
    private static final int ARRAY_SUBSCRIPT_HANDLER = 6179;
    private static final int ARRAY_TYPANALYZE = 3816;

    private TypeViews() {}

    static void register(Registrar registrar) {
        ResourceTable builtin = ResourceTable.load("pg_type");
        registrar.catalog("pg_type", (context, row, sink) -> {
            ComputedRelation.emitAll(builtin, row, sink);
            encrypted(PgType.ENCRYPTED_DET, row, sink);
            encrypted(PgType.ENCRYPTED_RND, row, sink);
            context.snapshot().relations().forEach(relation -> rowType(relation, row, sink));
        });
        registrar.builtin("pg_proc");
        registrar.builtin("pg_operator");
        registrar.builtin("pg_opclass");
        registrar.builtin("pg_opfamily");
        registrar.builtin("pg_cast");
        registrar.builtin("pg_range");
        registrar.builtin("pg_language");
        registrar.builtin("pg_collation");
    }

    /** Cells look like bytea to whoever asks for their input and output functions. */
    private static void encrypted(PgType type, RowBuilder row, Consumer<Row> sink) {
        common(row, type.oid(), type.name(), Schema.SYS, Role.POSTGRES)
                .set("typtype", "b")
                .set("typcategory", "U")
                .set("typarray", type.arrayOid())
                .set("typinput", 1244)
                .set("typoutput", 31)
                .set("typreceive", 2412)
                .set("typsend", 2413)
                .set("typalign", "i")
                .emit(sink);
        array(row, type.arrayOid(), "_" + type.name(), Schema.SYS, Role.POSTGRES, type.oid(), 'i')
                .emit(sink);
    }

    private static void rowType(Relation relation, RowBuilder row, Consumer<Row> sink) {
        if (relation.rowTypeOid() == 0) {
            return;
        }
        int arrayOid = switch (relation) {
            case TableDefinition table -> table.arrayTypeOid();
            case ViewDefinition view -> view.arrayTypeOid();
            default -> 0;
        };
        common(row, relation.rowTypeOid(), relation.name(), relation.schemaOid(), relation.ownerOid())
                .set("typtype", "c")
                .set("typcategory", "C")
                .set("typrelid", relation.oid())
                .set("typarray", arrayOid)
                .set("typinput", 2290)
                .set("typoutput", 2291)
                .set("typreceive", 2402)
                .set("typsend", 2403)
                .set("typalign", "d")
                .emit(sink);
        if (arrayOid != 0) {
            array(
                            row,
                            arrayOid,
                            "_" + relation.name(),
                            relation.schemaOid(),
                            relation.ownerOid(),
                            relation.rowTypeOid(),
                            'd')
                    .emit(sink);
        }
    }

    private static RowBuilder array(
            RowBuilder row, int oid, String name, int schemaOid, int ownerOid, int elementOid, char align) {
        return common(row, oid, name, schemaOid, ownerOid)
                .set("typtype", "b")
                .set("typcategory", "A")
                .set("typelem", elementOid)
                .set("typsubscript", ARRAY_SUBSCRIPT_HANDLER)
                .set("typinput", 750)
                .set("typoutput", 751)
                .set("typreceive", 2400)
                .set("typsend", 2401)
                .set("typanalyze", ARRAY_TYPANALYZE)
                .set("typalign", align);
    }

    private static RowBuilder common(RowBuilder row, int oid, String name, int schemaOid, int ownerOid) {
        return row.set("oid", oid)
                .set("typname", name)
                .set("typnamespace", schemaOid)
                .set("typowner", ownerOid)
                .set("typlen", -1)
                .set("typisdefined", true)
                .set("typdelim", ",")
                .set("typstorage", "x")
                .set("typtypmod", -1);
    }
}
