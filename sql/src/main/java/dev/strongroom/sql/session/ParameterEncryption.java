package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.cell.CellEnvelope;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.SqlTextParser.ParsedStatement;
import dev.strongroom.sql.parse.statement.Explain;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.plan.DescribedStatement;
import dev.strongroom.sql.plan.Planner;
import dev.strongroom.sql.plan.PlanningContext;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.AnalyzedQuery;
import dev.strongroom.sql.validate.CellParameter;
import dev.strongroom.sql.validate.CellUse;
import dev.strongroom.sql.validate.TypeResolver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says of statements which parameters and result columns are encrypted, and with which keys (AE-23 to AE-25, AE-100 to AE-103).
 * Only analyses: what goes wrong there is a row, not an error (decision A-5).
 */
final class ParameterEncryption {
    /** Columns of {@code sys.describe_parameter_encryption}. */
    static final int WIDTH = 26;

    static final int STATEMENT = 0;
    static final int KIND = 1;
    static final int ORDINAL = 2;
    static final int NAME = 3;
    static final int ALGORITHM = 4;
    static final int TYPE = 5;
    static final int KEY_ORDINAL = 6;
    static final int RULE = 7;
    static final int USAGE = 8;
    static final int BASE_OID = 9;
    static final int BASE_TYPMOD = 10;
    static final int BASE_NAME = 11;
    static final int COLLATION = 12;
    static final int TARGET = 13;
    static final int DATABASE = 14;
    static final int KEY_ID = 15;
    static final int KEY_NAME = 16;
    static final int KEY_VERSION = 17;
    static final int METADATA_VERSION = 18;
    static final int ENCRYPTED_VALUE = 19;
    static final int PROVIDER = 20;
    static final int PATH = 21;
    static final int VALUE_ALGORITHM = 22;
    static final int SIGNATURE = 23;
    static final int SQL_STATE = 24;
    static final int MESSAGE = 25;

    private final SqlSession session;
    private final CatalogSnapshot catalog;
    private final ColumnKeySet keys;
    private final List<Row> rows = new ArrayList<>();
    private final Map<Integer, Integer> keyOrdinals = new LinkedHashMap<>();

    private ParameterEncryption(SqlSession session) {
        this.session = session;
        this.catalog = session.snapshot();
        this.keys = catalog.columnKeys();
    }

    /**
     * Describes statements.
     *
     * @param declared declared parameter types of each statement, a comma list; elements may be missing or null
     * @param several whether a text may hold several statements, each of which counts
     */
    static List<Row> rows(
            SqlSession session, List<@Nullable String> texts, List<@Nullable String> declared, boolean several) {
        new AccessRights(session.snapshot(), session.identity().currentOid()).requireColumnKeyDefinitions();
        ParameterEncryption description = new ParameterEncryption(session);
        int index = 0;
        for (int i = 0; i < texts.size(); i++) {
            String types = i < declared.size() ? declared.get(i) : null;
            index = description.text(texts.get(i), types, index, several);
        }
        return description.rows;
    }

    /** Rows of one text's parameters; unlike {@link #rows} it throws what is wrong with the text. */
    static List<Row> parameters(SqlSession session, @Nullable String text, @Nullable String types) {
        new AccessRights(session.snapshot(), session.identity().currentOid()).requireColumnKeyDefinitions();
        ParameterEncryption description = new ParameterEncryption(session);
        int index = 1;
        for (ParsedStatement parsed :
                SqlTextParser.parseText(text == null ? "" : text).statements()) {
            Statement statement = parsed.statement();
            if (statement instanceof Query || statement instanceof Modification) {
                description.show(description.analyzed(statement, parsed.text(), types), index++);
            }
        }
        description.rows.removeIf(row -> !row.getRef(KIND).equals("P"));
        return description.rows;
    }

    private int text(@Nullable String text, @Nullable String types, int before, boolean several) {
        int index = before + 1;
        try {
            List<ParsedStatement> parsed =
                    text == null ? List.of() : SqlTextParser.parseText(text).statements();
            if (!several && parsed.size() > 1) {
                throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "several statements where one is described");
            }
            for (ParsedStatement statement : parsed) {
                describe(statement, types, index++);
            }
            return Math.max(before + 1, index - 1);
        } catch (DatabaseException e) {
            error(index, e.report());
            return index;
        }
    }

    private void error(int statement, ErrorReport report) {
        Row row = new Row(WIDTH);
        row.setLong(STATEMENT, statement);
        row.setRef(KIND, "E");
        row.setRef(SQL_STATE, report.code().sqlState());
        row.setRef(MESSAGE, report.message());
        rows.add(row);
    }

    private void describe(ParsedStatement parsed, @Nullable String types, int index) {
        Statement statement = parsed.statement();
        if (statement instanceof Explain explain) {
            statement = explain.statement();
        }
        if (!(statement instanceof Query) && !(statement instanceof Modification)) {
            return;
        }
        int mark = rows.size();
        try {
            show(analyzed(statement, parsed.text(), types), index);
        } catch (DatabaseException e) {
            rows.subList(mark, rows.size()).clear();
            error(index, e.report());
        }
    }

    /** Declared types only help where the statement alone does not say enough (AE-102). */
    private DescribedStatement analyzed(Statement statement, String text, @Nullable String types) {
        try {
            return Planner.describe(statement, context(text, List.of()));
        } catch (DatabaseException e) {
            if (types == null || types.isBlank()) {
                throw e;
            }
            return Planner.describe(statement, context(text, declared(types)));
        }
    }

    private PlanningContext context(String text, List<@Nullable PgType> types) {
        return new PlanningContext(
                catalog,
                session.path(),
                session.typeContext(),
                null,
                null,
                PlanningContext.Purpose.RUN,
                session.settings().decorrelation(),
                session.settings().reorderJoins(),
                text,
                types,
                CellUse.DESCRIBE);
    }

    /** {@code int4, varchar(20)} or {@code $1 int4, @p2 varchar(20)}; an unknown type is left open. */
    private static List<@Nullable PgType> declared(String types) {
        Map<String, Optional<PgType>> known = new HashMap<>();
        List<@Nullable PgType> found = new ArrayList<>();
        for (String part : betweenCommas(types)) {
            String name = part.strip().replaceFirst("^[$@]\\w+\\s+", "");
            found.add(known.computeIfAbsent(name, ParameterEncryption::type).orElse(null));
        }
        return found;
    }

    private static Optional<PgType> type(String name) {
        try {
            return name.isEmpty() || name.equals("0")
                    ? Optional.empty()
                    : Optional.of(
                            TypeResolver.resolve(SqlTextParser.parseType(name)).pgType());
        } catch (DatabaseException unknown) {
            return Optional.empty();
        }
    }

    /** The parts between commas that are not in parentheses; lists are as long as a statement has parameters. */
    private static List<String> betweenCommas(String list) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && depth <= 0) {
                parts.add(list.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(list.substring(from));
        return parts;
    }

    // ---- rows

    private void show(DescribedStatement described, int statement) {
        Map<Integer, CellParameter> cells = new LinkedHashMap<>();
        described.cells().forEach(cell -> cells.put(cell.index(), cell));
        for (int i = 0; i < described.parameterTypes().size(); i++) {
            CellParameter cell = cells.get(i);
            Row row = start(statement, "P", i + 1, "$" + (i + 1));
            if (cell == null) {
                plain(row, described.parameterTypes().get(i));
                continue;
            }
            row.setRef(USAGE, cell.usage().name().toLowerCase(Locale.ROOT));
            row.setRef(TARGET, cell.target());
            encrypted(row, cell.scheme());
        }
        for (int i = 0; i < described.types().size(); i++) {
            PgRelType type = described.types().get(i);
            if (EncryptionScheme.encrypts(type.pgType())) {
                AnalyzedQuery.Output output = described.outputs().get(i);
                Row row = start(statement, "R", i + 1, output.name());
                keys.scheme(type.typmod()).ifPresent(scheme -> encrypted(row, scheme));
            }
        }
    }

    private static Row start(int statement, String kind, int ordinal, String name) {
        Row row = new Row(WIDTH);
        row.setLong(STATEMENT, statement);
        row.setRef(KIND, kind);
        row.setLong(ORDINAL, ordinal);
        row.setRef(NAME, name);
        row.setLong(ALGORITHM, 0);
        row.setLong(TYPE, 0);
        return row;
    }

    private void plain(Row row, @Nullable PgType type) {
        if (type != null) {
            base(row, type, -1, 0);
        }
        rows.add(row);
    }

    private static void base(Row row, PgType type, int typmod, int collation) {
        row.setLong(BASE_OID, Integer.toUnsignedLong(type.oid()));
        row.setLong(BASE_TYPMOD, typmod);
        row.setRef(BASE_NAME, TypeNames.of(type, typmod));
        if (collation != 0) {
            row.setRef(COLLATION, collation == ColumnType.C_COLLATION ? "C" : "default");
        }
    }

    private void encrypted(Row row, EncryptionScheme scheme) {
        ColumnEncryptionKey key = keys.encryptionKey(scheme.keyOid()).orElseThrow();
        base(row, scheme.baseType(), scheme.baseTypmod(), scheme.collationOid());
        row.setLong(ALGORITHM, CellEnvelope.ALGORITHM);
        row.setLong(TYPE, scheme.encryptionType());
        row.setLong(RULE, scheme.normalizationRule());
        row.setLong(KEY_ORDINAL, keyOrdinals.computeIfAbsent(key.oid(), ignored -> keyOrdinals.size() + 1));
        row.setLong(DATABASE, session.databaseOid());
        row.setLong(KEY_ID, key.oid());
        row.setRef(KEY_NAME, key.name());
        row.setLong(KEY_VERSION, 1);
        row.setRef(
                METADATA_VERSION,
                ByteBuffer.allocate(Long.BYTES).putLong(key.version()).array());
        row.setRef(VALUE_ALGORITHM, ColumnEncryptionKey.VALUE_ALGORITHM);
        for (ColumnEncryptionKey.Value value : key.values()) {
            ColumnMasterKey master = keys.masterKey(value.masterKeyOid()).orElseThrow();
            Row one = row.copy();
            one.setRef(ENCRYPTED_VALUE, value.encrypted());
            one.setRef(PROVIDER, master.provider());
            one.setRef(PATH, master.path());
            one.setRef(SIGNATURE, master.signature());
            rows.add(one);
        }
    }
}
