package dev.strongroom.sql.session;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.command.CommandResult;
import dev.strongroom.sql.command.Commands;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;

/** {@code CALL sys.sp_describe_parameter_encryption}: SQL Server's two result sets, ours appended (AE-100, section 6.1). */
final class DescribeProcedure {
    private static final String NAME = "sp_describe_parameter_encryption";

    private static final List<ResultColumn> KEYS = List.of(
            ResultColumn.of("column_encryption_key_ordinal", PgType.INT4),
            ResultColumn.of("database_id", PgType.INT4),
            ResultColumn.of("column_encryption_key_id", PgType.INT4),
            ResultColumn.of("column_encryption_key_version", PgType.INT4),
            ResultColumn.of("column_encryption_key_metadata_version", PgType.BYTEA),
            ResultColumn.of("column_encryption_key_encrypted_value", PgType.BYTEA),
            ResultColumn.of("column_master_key_store_provider_name", PgType.TEXT),
            ResultColumn.of("column_master_key_path", PgType.TEXT),
            ResultColumn.of("column_encryption_key_encryption_algorithm_name", PgType.TEXT));

    private static final int[] KEY_SLOTS = {
        ParameterEncryption.KEY_ORDINAL,
        ParameterEncryption.DATABASE,
        ParameterEncryption.KEY_ID,
        ParameterEncryption.KEY_VERSION,
        ParameterEncryption.METADATA_VERSION,
        ParameterEncryption.ENCRYPTED_VALUE,
        ParameterEncryption.PROVIDER,
        ParameterEncryption.PATH,
        ParameterEncryption.VALUE_ALGORITHM
    };

    private static final List<ResultColumn> PARAMETERS = List.of(
            ResultColumn.of("parameter_ordinal", PgType.INT4),
            ResultColumn.of("parameter_name", PgType.TEXT),
            ResultColumn.of("column_encryption_algorithm", PgType.INT2),
            ResultColumn.of("column_encryption_type", PgType.INT2),
            ResultColumn.of("column_encryption_key_ordinal", PgType.INT4),
            ResultColumn.of("column_encryption_normalization_rule_version", PgType.INT2),
            ResultColumn.of("base_type_oid", PgType.OID),
            ResultColumn.of("base_typmod", PgType.INT4),
            ResultColumn.of("base_type_name", PgType.TEXT),
            ResultColumn.of("collation_name", PgType.TEXT),
            ResultColumn.of("target_column", PgType.TEXT));

    private static final int[] PARAMETER_SLOTS = {
        ParameterEncryption.ORDINAL,
        ParameterEncryption.NAME,
        ParameterEncryption.ALGORITHM,
        ParameterEncryption.TYPE,
        ParameterEncryption.KEY_ORDINAL,
        ParameterEncryption.RULE,
        ParameterEncryption.BASE_OID,
        ParameterEncryption.BASE_TYPMOD,
        ParameterEncryption.BASE_NAME,
        ParameterEncryption.COLLATION,
        ParameterEncryption.TARGET
    };

    private DescribeProcedure() {}

    static boolean concerns(MaintenanceStatement.Call call) {
        return call.call() instanceof SqlCall function
                && function.getOperator() instanceof SqlUnresolvedFunction named
                && named.getNameAsId().names.getLast().equals(NAME);
    }

    /**
     * Sends the first result set and gives back the second.
     *
     * @param simple false in the extended protocol, where a statement has one result set at most (decision A-9)
     */
    static CommandResult run(MaintenanceStatement.Call call, SqlSession session, SessionView view, boolean simple) {
        if (!simple) {
            throw ErrorReport.error(
                            ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE,
                            "procedure sys." + NAME + " returns several result sets")
                    .withHint("Use the function sys.describe_parameter_encryption(tsql, params).")
                    .exception();
        }
        List<SqlNode> arguments = ((SqlCall) call.call()).getOperandList();
        if (arguments.isEmpty() || arguments.size() > 2) {
            throw ErrorReport.error(
                            ErrorCode.UNDEFINED_FUNCTION, "procedure sys." + NAME + " takes one or two arguments")
                    .exception();
        }
        List<PgType> types = arguments.stream().map(argument -> PgType.TEXT).toList();
        Row values = Commands.evaluate(arguments, types, view);
        String declared = arguments.size() > 1 ? values.getRef(1) : null;
        List<Row> rows = ParameterEncryption.parameters(session, values.getRef(0), declared);
        List<Row> keys = new ArrayList<>();
        List<Row> parameters = new ArrayList<>();
        Set<List<Object>> seenKeys = new HashSet<>();
        Set<Long> seenParameters = new HashSet<>();
        for (Row row : rows) {
            boolean encrypted = !row.isNull(ParameterEncryption.KEY_ORDINAL);
            long ordinal = row.getLong(ParameterEncryption.ORDINAL);
            if (seenParameters.add(ordinal)) {
                parameters.add(cut(row, PARAMETER_SLOTS));
            }
            if (encrypted && seenKeys.add(keyOf(row))) {
                keys.add(cut(row, KEY_SLOTS));
            }
        }
        session.sink().rowDescription(KEYS);
        keys.forEach(session.sink()::row);
        session.sink().commandComplete("CALL");
        return new CommandResult("CALL", PARAMETERS, parameters);
    }

    private static List<Object> keyOf(Row row) {
        return List.of(
                row.getLong(ParameterEncryption.KEY_ORDINAL),
                row.<Object>getRef(ParameterEncryption.PATH),
                row.<Object>getRef(ParameterEncryption.PROVIDER));
    }

    private static Row cut(Row from, int[] slots) {
        Row row = new Row(slots.length);
        for (int i = 0; i < slots.length; i++) {
            row.copySlot(i, from, slots[i]);
        }
        return row;
    }
}
