package dev.strongroom.sql.session;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.plan.PreparedPlan;
import dev.strongroom.sql.validate.CellParameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that was parsed and may run many times. Holds on to its last plan, which is asked again only when something it
 * depends on has moved. Session thread only.
 */
final class NamedStatement {
    private final String name;
    private final @Nullable Statement statement;
    private final String text;
    private final int start;
    private final List<@Nullable PgType> declared;
    private final boolean fromSql;
    private List<PgType> parameterTypes = List.of();
    private List<CellParameter> cells = List.of();
    private @Nullable List<ResultColumn> columns;
    private boolean described;
    private @Nullable PreparedPlan describedPlan;

    private @Nullable PreparedPlan plan;
    private long planVersion;
    private long planGeneration;

    /**
     * @param statement null for an empty text
     * @param declared types the client named, null elements where it did not
     * @param fromSql made by PREPARE rather than by the protocol
     */
    NamedStatement(
            String name,
            @Nullable Statement statement,
            String text,
            int start,
            List<@Nullable PgType> declared,
            boolean fromSql) {
        this.name = name;
        this.statement = statement;
        this.text = text;
        this.start = start;
        this.declared = Collections.unmodifiableList(new ArrayList<>(declared));
        this.fromSql = fromSql;
    }

    String name() {
        return name;
    }

    @Nullable
    Statement statement() {
        return statement;
    }

    String text() {
        return text;
    }

    int start() {
        return start;
    }

    List<@Nullable PgType> declared() {
        return declared;
    }

    boolean fromSql() {
        return fromSql;
    }

    /** The plan made at this catalog version and settings generation, null if there is none. */
    @Nullable
    PreparedPlan plan(long version, long generation) {
        return planVersion == version && planGeneration == generation ? plan : null;
    }

    void remember(PreparedPlan made, long version, long generation) {
        plan = made;
        planVersion = version;
        planGeneration = generation;
    }

    /** Whether what the client was told came from this plan. */
    boolean describedBy(PreparedPlan made) {
        return describedPlan == made;
    }

    /** What the client was told, or would be, by a plan. */
    void describe(PreparedPlan made) {
        describe(made.parameterTypes(), made.columns());
        cells = made.cells();
        describedPlan = made;
    }

    /** What the client was told, or would be. */
    void describe(List<PgType> types, @Nullable List<ResultColumn> resultColumns) {
        parameterTypes = List.copyOf(types);
        columns = resultColumns;
        described = true;
    }

    boolean described() {
        return described;
    }

    /** Parameters that are cells. */
    List<CellParameter> cells() {
        return cells;
    }

    /** Types of the parameters as clients know them: a cell comes as bytea (decision A-2). */
    List<PgType> clientTypes() {
        if (cells.isEmpty()) {
            return parameterTypes;
        }
        List<PgType> types = new ArrayList<>(parameterTypes);
        cells.forEach(cell -> types.set(cell.index(), PgType.BYTEA));
        return types;
    }

    List<PgType> parameterTypes() {
        return parameterTypes;
    }

    @Nullable
    List<ResultColumn> columns() {
        return columns;
    }
}
