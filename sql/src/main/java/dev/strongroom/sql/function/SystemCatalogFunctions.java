package dev.strongroom.sql.function;

import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.pgview.CatalogFunctions;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Functions that answer from the catalog: {@code pg_get_*def}, {@code *_is_visible}, sizes, descriptions, {@code to_reg*}. */
final class SystemCatalogFunctions {
    private static final long UTF8 = 6;

    private SystemCatalogFunctions() {}

    static void define(Definitions to) {
        definitions(to);
        visibility(to);
        descriptions(to);
        names(to);
        sizes(to);
        sequences(to);
        procedures(to);
        absentFeatures(to);
        CatalogSetFunctions.define(to);
        PrivilegeDefinitions.define(to);
    }

    static CatalogFunctions catalog(Call call) {
        return new CatalogFunctions(call.session().systemContext());
    }

    /** Argument held as a long. */
    static long number(@Nullable Object[] arguments, int index) {
        return (Long) java.util.Objects.requireNonNull(arguments[index]);
    }

    static String text(@Nullable Object[] arguments, int index) {
        return (String) java.util.Objects.requireNonNull(arguments[index]);
    }

    static @Nullable Object bool(@Nullable Boolean value) {
        return value == null ? null : (Object) (value ? 1L : 0L);
    }

    private static void byOid(Definitions to, String key, BiFunction<CatalogFunctions, Long, @Nullable Object> code) {
        to.general(key, (call, arguments) -> code.apply(catalog(call), number(arguments, 0)));
    }

    private static void definitions(Definitions to) {
        to.general(
                "format_type", (call, arguments) -> catalog(call).formatType((Long) arguments[0], (Long) arguments[1]));
        byOid(to, "pg_get_constraintdef", (catalog, oid) -> catalog.constraintDefinition(oid, false));
        to.general(
                "pg_get_constraintdef_ext",
                (call, arguments) ->
                        catalog(call).constraintDefinition(number(arguments, 0), number(arguments, 1) != 0));
        byOid(to, "pg_get_indexdef", (catalog, oid) -> catalog.indexDefinition(oid, 0, false));
        to.general(
                "pg_get_indexdef_ext",
                (call, arguments) -> catalog(call)
                        .indexDefinition(number(arguments, 0), (int) number(arguments, 1), number(arguments, 2) != 0));
        for (String key : new String[] {"pg_get_viewdef", "pg_get_viewdef_ext", "pg_get_viewdef_wrap"}) {
            byOid(to, key, (catalog, oid) -> catalog.viewDefinition(oid));
        }
        for (String key : new String[] {"pg_get_viewdef_name", "pg_get_viewdef_name_ext"}) {
            to.general(key, (call, arguments) -> catalog(call).viewDefinition(text(arguments, 0)));
        }
        for (String key : new String[] {"pg_get_ruledef", "pg_get_ruledef_ext"}) {
            byOid(to, key, (catalog, oid) -> catalog.ruleDefinition(oid));
        }
        to.general("pg_get_expr", (call, arguments) -> arguments[0]);
        to.general(
                "pg_get_expr_ext",
                (call, arguments) -> CatalogFunctions.expression(text(arguments, 0), number(arguments, 2) != 0));
        to.general(
                "pg_get_serial_sequence",
                (call, arguments) -> catalog(call).serialSequence(text(arguments, 0), text(arguments, 1)));
    }

    private static void visibility(Definitions to) {
        byOid(to, "pg_table_is_visible", (catalog, oid) -> bool(catalog.tableIsVisible(oid)));
        byOid(to, "pg_type_is_visible", (catalog, oid) -> bool(catalog.typeIsVisible(oid)));
        byOid(to, "pg_function_is_visible", (catalog, oid) -> bool(catalog.functionIsVisible(oid)));
        for (String kind : new String[] {
            "operator",
            "opclass",
            "opfamily",
            "collation",
            "conversion",
            "statistics_obj",
            "ts_config",
            "ts_dict",
            "ts_parser",
            "ts_template"
        }) {
            byOid(to, "pg_" + kind + "_is_visible", (catalog, oid) -> 1L);
        }
        to.general("current_schema", (call, arguments) -> catalog(call).currentSchema());
        to.general(
                "current_schemas",
                (call, arguments) -> array(PgType.NAME, catalog(call).currentSchemas(number(arguments, 0) != 0)));
        to.general(
                "pg_my_temp_schema",
                (call, arguments) -> Integer.toUnsignedLong(catalog(call).temporarySchema()));
        to.general("pg_is_other_temp_schema", (call, arguments) -> 0L);
    }

    private static void descriptions(Definitions to) {
        to.general(
                "obj_description(oid,name)",
                (call, arguments) -> catalog(call).objectDescription(number(arguments, 0), text(arguments, 1)));
        byOid(to, "obj_description(oid)", (catalog, oid) -> catalog.objectDescription(oid, null));
        to.general(
                "shobj_description(oid,name)",
                (call, arguments) -> catalog(call).objectDescription(number(arguments, 0), text(arguments, 1)));
        to.general(
                "col_description(oid,int4)",
                (call, arguments) -> catalog(call).columnDescription(number(arguments, 0), number(arguments, 1)));
        to.general("pg_identify_object", (call, arguments) -> {
            CatalogFunctions.Identity found =
                    catalog(call).identify(number(arguments, 0), number(arguments, 1), number(arguments, 2));
            return new dev.strongroom.common.value.RecordValue(
                    List.of(PgType.TEXT, PgType.TEXT, PgType.TEXT, PgType.TEXT),
                    new @Nullable Object[] {found.type(), found.schema(), found.name(), found.identity()});
        });
        to.general(
                "pg_describe_object",
                (call, arguments) ->
                        catalog(call).describe(number(arguments, 0), number(arguments, 1), number(arguments, 2)));
    }

    private static void names(Definitions to) {
        byOid(to, "pg_get_userbyid", (catalog, oid) -> catalog.userById(oid));
        to.general("to_regclass", (call, arguments) -> catalog(call).toRegclass(text(arguments, 0)));
        reg(to, "to_regtype", PgType.REGTYPE);
        reg(to, "to_regnamespace", PgType.REGNAMESPACE);
        reg(to, "to_regrole", PgType.REGROLE);
        reg(to, "to_regproc", PgType.REGPROC);
        reg(to, "to_regprocedure", PgType.REGPROCEDURE);
        to.general("PG_encoding_to_char", (call, arguments) -> number(arguments, 0) == UTF8 ? "UTF8" : "");
        to.general("PG_char_to_encoding", (call, arguments) -> {
            String name = text(arguments, 0).replace("-", "").replace("_", "");
            return name.equalsIgnoreCase("utf8") || name.equalsIgnoreCase("unicode") ? UTF8 : -1L;
        });
        to.general(
                "pg_encoding_max_length_sql", (call, arguments) -> number(arguments, 0) == UTF8 ? (Object) 4L : null);
    }

    private static void reg(Definitions to, String key, PgType type) {
        to.general(key, (call, arguments) -> catalog(call).toReg(type, text(arguments, 0)));
    }

    private static void sizes(Definitions to) {
        byOid(to, "pg_relation_size(regclass)", (catalog, oid) -> catalog.relationSize(oid));
        byOid(to, "pg_relation_size", (catalog, oid) -> catalog.relationSize(oid));
        byOid(to, "pg_table_size", (catalog, oid) -> catalog.relationSize(oid));
        byOid(to, "pg_total_relation_size", (catalog, oid) -> catalog.relationSize(oid));
        byOid(to, "pg_indexes_size", (catalog, oid) -> catalog.indexesSize(oid));
        to.general("pg_database_size_oid", (call, arguments) -> catalog(call).databaseSize());
        to.general("pg_database_size_name", (call, arguments) -> catalog(call).databaseSize());
        byOid(to, "pg_relation_filenode", (catalog, oid) -> oid);
        byOid(to, "pg_relation_is_publishable", (catalog, oid) -> 1L);
        byOid(to, "pg_tablespace_location", (catalog, oid) -> "");
    }

    private static void sequences(Definitions to) {
        byOid(to, "pg_sequence_last_value", (catalog, oid) -> catalog.sequenceLastValue(oid));
        to.general("pg_sequence_parameters", (call, arguments) -> {
            SequenceDefinition sequence = catalog(call).requireSequence(number(arguments, 0));
            return new dev.strongroom.common.value.RecordValue(
                    List.of(PgType.INT8, PgType.INT8, PgType.INT8, PgType.INT8, PgType.BOOL, PgType.INT8, PgType.OID),
                    new Object[] {
                        sequence.layout().start(),
                        sequence.layout().minimum(),
                        sequence.layout().maximum(),
                        sequence.layout().increment(),
                        sequence.layout().cycle() ? 1L : 0L,
                        sequence.cache(),
                        (long) sequence.dataType().oid()
                    });
        });
    }

    private static void procedures(Definitions to) {
        for (String key : new String[] {"pg_get_function_arguments", "pg_get_function_identity_arguments"}) {
            byOid(to, key, (catalog, oid) -> catalog.functionArguments(oid));
        }
        byOid(to, "pg_get_function_result", (catalog, oid) -> catalog.functionResult(oid));
        byOid(to, "pg_get_function_sqlbody", (catalog, oid) -> null);
        to.general("oidvectortypes", (call, arguments) -> {
            List<Long> oids = new ArrayList<>();
            for (Object oid : ((PgArray) java.util.Objects.requireNonNull(arguments[0])).elements()) {
                oids.add((Long) java.util.Objects.requireNonNull(oid));
            }
            return catalog(call).typeList(oids);
        });
        byOid(to, "pg_get_functiondef", (catalog, oid) -> {
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "pg_get_functiondef is not supported yet")
                    .exception();
        });
    }

    /** Questions about objects that cannot exist here. */
    private static void absentFeatures(Definitions to) {
        for (String key : new String[] {
            "pg_get_triggerdef",
            "pg_get_triggerdef_ext",
            "pg_get_statisticsobjdef",
            "pg_get_statisticsobjdef_columns",
            "pg_get_statisticsobjdef_expressions",
            "pg_get_partkeydef",
            "pg_get_partition_constraintdef"
        }) {
            byOid(to, key, (catalog, oid) -> null);
        }
        to.general("pg_get_function_arg_default", (call, arguments) -> null);
    }

    static PgArray array(PgType element, List<String> values) {
        return PgArray.of(element, values.toArray(new Object[0]));
    }

    /** Rows of a list, one by one. */
    static <T> SetCode.Rows rows(List<T> values, BiConsumer<T, Row> fill) {
        Iterator<T> iterator = values.iterator();
        return into -> {
            if (!iterator.hasNext()) {
                return false;
            }
            fill.accept(iterator.next(), into);
            return true;
        };
    }
}
