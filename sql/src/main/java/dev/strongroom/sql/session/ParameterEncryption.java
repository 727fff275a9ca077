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
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.parse.ParameterMarks;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    private List<String> names = List.of();
    /** Whether statements share their parameters, so that one of them does not list what only others use. */
    private boolean sharing;

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

    /**
     * Rows of the parameters of one text; unlike {@link #rows} it throws what is wrong with the text. A parameter that several
     * statements use has one meaning in all of them.
     */
    static List<Row> parameters(SqlSession session, @Nullable String text, @Nullable String types) {
        new AccessRights(session.snapshot(), session.identity().currentOid()).requireColumnKeyDefinitions();
        ParameterEncryption description = new ParameterEncryption(session);
        description.batch(text == null ? "" : text, DeclaredParameters.of(types), true);
        description.rows.removeIf(row -> !row.getRef(KIND).equals("P"));
        description.requireOneMeaning();
        return description.rows;
    }

    private int text(@Nullable String text, @Nullable String types, int before, boolean several) {
        int index = before + 1;
        try {
            if (several) {
                return Math.max(index, before + batch(text == null ? "" : text, DeclaredParameters.of(types), false));
            }
            List<ParsedStatement> parsed =
                    text == null ? List.of() : SqlTextParser.parseText(text).statements();
            if (parsed.size() > 1) {
                throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "several statements where one is described");
            }
            for (ParsedStatement statement : parsed) {
                describe(statement, DeclaredParameters.of(types), index, false);
            }
        } catch (DatabaseException e) {
            error(index, e.report());
        }
        return index;
    }

    /** Describes the statements of a text that share their parameters; returns how many there are. */
    private int batch(String text, DeclaredParameters declared, boolean strict) {
        ParameterMarks marks = ParameterMarks.of(text, declared.names());
        names = marks.names();
        List<ParsedStatement> statements = SqlTextParser.parseText(marks.text()).statements();
        sharing = true;
        int index = 1;
        for (ParsedStatement statement : statements) {
            describe(statement, declared, index++, strict);
        }
        addUnused(declared);
        return statements.size();
    }

    /** What is declared and not used is listed too: every parameter is (AE-101). */
    private void addUnused(DeclaredParameters declared) {
        Set<Long> listed = new HashSet<>();
        rows.stream().filter(row -> row.getRef(KIND).equals("P")).forEach(row -> listed.add(row.getLong(ORDINAL)));
        int count = Math.max(declared.types().size(), names.size());
        for (int i = 0; i < count; i++) {
            if (!listed.contains(i + 1L)) {
                plain(
                        start(1, "P", i + 1, name(i)),
                        i < declared.types().size() ? declared.types().get(i) : null);
            }
        }
    }

    private String name(int parameter) {
        return parameter < names.size() ? names.get(parameter) : "$" + (parameter + 1);
    }

    private void requireOneMeaning() {
        Map<Long, Row> first = new HashMap<>();
        for (Row row : rows) {
            Row before = first.putIfAbsent(row.getLong(ORDINAL), row);
            if (before != null && !meaning(before).equals(meaning(row))) {
                throw NumberedError.ENCRYPTION_TYPE_CLASH
                        .report("operand type clash: the statements give " + row.getRef(NAME)
                                + " different encryption schemes")
                        .exception();
            }
        }
    }

    private static List<Object> meaning(Row row) {
        return row.isNull(KEY_ID)
                ? List.of()
                : List.of(row.getLong(KEY_ID), row.getLong(TYPE), row.getLong(BASE_OID), row.getLong(BASE_TYPMOD));
    }

    private void error(int statement, ErrorReport report) {
        Row row = new Row(WIDTH);
        row.setLong(STATEMENT, statement);
        row.setRef(KIND, "E");
        row.setRef(SQL_STATE, report.code().sqlState());
        row.setRef(MESSAGE, report.message());
        rows.add(row);
    }

    private void describe(ParsedStatement parsed, DeclaredParameters declared, int index, boolean strict) {
        Statement statement = parsed.statement();
        if (statement instanceof Explain explain) {
            statement = explain.statement();
        }
        if (!(statement instanceof Query) && !(statement instanceof Modification)) {
            return;
        }
        int mark = rows.size();
        try {
            show(analyzed(statement, parsed.text(), declared.types()), index);
        } catch (DatabaseException e) {
            if (strict) {
                throw e;
            }
            rows.subList(mark, rows.size()).clear();
            error(index, e.report());
        }
    }

    /** Declared types say what plain parameters are; an encrypted one is what its column is (AE-102). */
    private DescribedStatement analyzed(Statement statement, String text, List<@Nullable PgType> declared) {
        DescribedStatement inferred;
        try {
            inferred = Planner.describe(statement, context(text, List.of()));
        } catch (DatabaseException e) {
            if (declared.isEmpty()) {
                throw e;
            }
            return Planner.describe(statement, context(text, declared));
        }
        List<@Nullable PgType> hints = new ArrayList<>(declared);
        for (int i = 0; i < hints.size(); i++) {
            if (i >= inferred.parameterTypes().size()
                    || inferred.parameterTypes().get(i) == null) {
                hints.set(i, null);
            }
        }
        inferred.cells().stream()
                .filter(cell -> cell.index() < hints.size())
                .forEach(cell -> hints.set(cell.index(), null));
        if (hints.stream().allMatch(Objects::isNull)) {
            return inferred;
        }
        try {
            return Planner.describe(statement, context(text, hints));
        } catch (DatabaseException misleading) {
            return inferred;
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

    // ---- rows

    private void show(DescribedStatement described, int statement) {
        Map<Integer, CellParameter> cells = new LinkedHashMap<>();
        described.cells().forEach(cell -> cells.put(cell.index(), cell));
        for (int i = 0; i < described.parameterTypes().size(); i++) {
            CellParameter cell = cells.get(i);
            if (sharing && cell == null && described.parameterTypes().get(i) == null) {
                continue;
            }
            Row row = start(statement, "P", i + 1, name(i));
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
