package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.sql.function.FunctionRegistry;
import dev.strongroom.sql.rel.CostPlanner;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgTypeFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** What the analysis of one statement shares: catalog, parameters, counters, and the relations used so far. One thread. */
public final class Analysis {
    final CatalogSnapshot catalog;
    final SearchPath path;
    final TypeContext types;
    final Parameters parameters;
    final FunctionRegistry functions = FunctionRegistry.builtIn();
    final RexBuilder rex = new RexBuilder(PgTypeFactory.INSTANCE);
    final RelOptCluster cluster;
    final Coercions coercions;
    final FunctionResolver resolver;
    final CellRules cells;
    private final Map<Reader, Use> uses = new LinkedHashMap<>();
    private final Set<Integer> expandingViews = new HashSet<>();
    private int nextRelation;
    private boolean timeDependent;
    private boolean describes;
    private int checkAs;

    /**
     * A relation as one role reaches it.
     *
     * @param checkAs owner of the view that names the relation, 0 for the current user
     */
    public record Reader(int relationOid, int checkAs) {}

    /** How a relation is used so far. */
    public static final class Use {
        private final Map<Privilege, Set<Integer>> privileges = new EnumMap<>(Privilege.class);
        private boolean locked;
        private boolean qualified;

        /** Privileges wanted, each with the numbers of the columns it is wanted on; none: any column's will do. */
        public Map<Privilege, Set<Integer>> privileges() {
            return privileges;
        }

        private Set<Integer> columns(Privilege privilege) {
            return privileges.computeIfAbsent(privilege, ignored -> new TreeSet<>());
        }

        /** Whether the current user wrote its schema, and so must be allowed to use that. */
        public boolean qualified() {
            return qualified;
        }

        /** Whether rows are locked by FOR UPDATE and its kin. */
        public boolean rowsLocked() {
            return locked;
        }
    }

    /** A statement of the server's own. */
    public Analysis(
            CatalogSnapshot catalog, SearchPath path, TypeContext types, List<@Nullable PgType> declaredParameters) {
        this(catalog, path, types, declaredParameters, CellUse.INTERNAL);
    }

    public Analysis(
            CatalogSnapshot catalog,
            SearchPath path,
            TypeContext types,
            List<@Nullable PgType> declaredParameters,
            CellUse cellUse) {
        this.catalog = catalog;
        this.path = path;
        this.types = types;
        this.parameters = new Parameters(declaredParameters);
        this.cluster = RelOptCluster.create(new CostPlanner(), rex);
        this.coercions = new Coercions(this);
        this.resolver = new FunctionResolver(this);
        this.cells = new CellRules(this, cellUse);
    }

    public RelOptCluster cluster() {
        return cluster;
    }

    public RexBuilder rex() {
        return rex;
    }

    public CatalogSnapshot catalog() {
        return catalog;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** Relations used, in the order met: apart for each role whose privileges count. */
    public Map<Reader, Use> uses() {
        return uses;
    }

    /** Whether the statement asks how others would be encrypted: that needs no snapshot (decision A-5). */
    public boolean describes() {
        return describes && uses.isEmpty();
    }

    void markDescribing() {
        describes = true;
    }

    /** Whether encrypted values are compared or assigned: the user must be allowed to know their keys (AE-62). */
    public boolean usesCells() {
        return cells.used();
    }

    /** True where a literal such as {@code 'now'} was read: the plan is good for this moment only. */
    public boolean timeDependent() {
        return timeDependent;
    }

    void markTimeDependent() {
        timeDependent = true;
    }

    /** A variable that stands for the row of something outside. */
    public CorrelationId newCorrelation() {
        return cluster.createCorrel();
    }

    /** An id for rows that one part of the statement keeps for another. */
    public int newRelationId() {
        return nextRelation++;
    }

    private Use use(int relationOid) {
        return uses.computeIfAbsent(new Reader(relationOid, checkAs), ignored -> new Use());
    }

    /** A relation named in the statement, with its schema or without. */
    void use(int relationOid, Privilege privilege, boolean qualified) {
        Use use = use(relationOid);
        use.columns(privilege);
        use.qualified |= qualified && checkAs == 0;
    }

    /** A column that is written, or read by the server on the statement's behalf. */
    void useColumn(int relationOid, Privilege privilege, int columnNumber) {
        use(relationOid).columns(privilege).add(columnNumber);
    }

    /** A column that an expression reads, if it is one of a relation the statement names. */
    void read(FromItem.Visible column) {
        Use use = uses.get(new Reader(column.tableOid(), checkAs));
        if (use != null) {
            use.columns(Privilege.SELECT).add(column.columnNumber());
        }
    }

    void useRowLock(int relationOid) {
        Use use = use(relationOid);
        use.locked = true;
        use.columns(Privilege.UPDATE);
    }

    /** Runs the expansion of a view, whose relations are checked as its owner. */
    <T> T insideView(int viewOid, int ownerOid, java.util.function.Supplier<T> expansion) {
        if (!expandingViews.add(viewOid)) {
            throw new DatabaseException(
                    ErrorCode.INVALID_OBJECT_DEFINITION, "infinite recursion detected in rules for relation");
        }
        int saved = checkAs;
        checkAs = ownerOid;
        try {
            return expansion.get();
        } finally {
            checkAs = saved;
            expandingViews.remove(viewOid);
        }
    }

    /** A row type; names are made unique, they serve nobody but a reader of plans. */
    static RelDataType rowType(List<String> names, List<? extends RelDataType> types) {
        RelDataTypeFactory.Builder builder = PgTypeFactory.INSTANCE.builder();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < types.size(); i++) {
            String name = names.get(i);
            builder.add(seen.add(name) ? name : name + "#" + i, types.get(i));
        }
        return builder.build();
    }

    static RelDataType rowType(List<? extends RelDataType> types) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            names.add("f" + i);
        }
        return rowType(names, types);
    }

    static final PgRelType BOOL = PgRelType.of(PgType.BOOL);
    static final PgRelType INT4 = PgRelType.of(PgType.INT4);
    static final PgRelType INT8 = PgRelType.of(PgType.INT8);
    static final PgRelType TEXT = PgRelType.of(PgType.TEXT);
    static final PgRelType UNKNOWN = PgRelType.of(PgType.UNKNOWN);

    /** An error at a node of the statement. */
    static ErrorReport error(ErrorCode code, String message, @Nullable SqlNode node) {
        return ErrorReport.error(code, message).withPosition(position(node));
    }

    static DatabaseException unsupported(String what, @Nullable SqlNode node) {
        return error(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported yet", node)
                .exception();
    }

    /** 1-based character position in the statement text, 0 if unknown. */
    static int position(@Nullable SqlNode node) {
        return node == null ? 0 : node.getParserPosition().getColumnNum();
    }
}
