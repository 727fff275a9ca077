package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Relation;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Every system relation by OID. Built once for the server; immutable. */
public final class SystemRelations {
    private final Map<Integer, SystemRelation> relations;
    private final List<Relation> tables;

    /**
     * The relations of PostgreSQL 15 and others.
     *
     * @param others such as the {@code sys} views of the key hierarchy
     */
    public SystemRelations(List<SystemRelation> others) {
        Registrar registrar = new Registrar(new SystemTables());
        List<Relation> all = new ArrayList<>();
        ClassViews.register(registrar);
        TypeViews.register(registrar);
        ConstraintViews.register(registrar);
        RoleViews.register(registrar);
        SummaryViews.register(registrar);
        ServerViews.register(registrar);
        StatisticsViews.register(registrar);
        InformationSchema.register(registrar);
        others.forEach(registrar::add);
        registrar.addEmptyRest();
        relations = Map.copyOf(registrar.relations());
        relations.values().stream()
                .map(SystemRelation::table)
                .sorted(Comparator.comparingInt(Relation::oid))
                .forEach(all::add);
        tables = List.copyOf(all);
    }

    /** What the catalog of every database contains. */
    public List<Relation> tables() {
        return tables;
    }

    /** Hands out the rows of a system relation; they may be kept but not changed. */
    public void rows(int oid, SystemContext context, Consumer<Row> sink) {
        rows(oid, context).forEach(sink);
    }

    /** The rows of a system relation; they may be kept but not changed. */
    public List<Row> rows(int oid, SystemContext context) {
        SystemRelation relation = Objects.requireNonNull(relations.get(oid), "no system relation " + oid);
        if (relation.cacheable()) {
            return context.snapshot().derived(relation, () -> collect(relation, context));
        }
        return collect(relation, context);
    }

    private static List<Row> collect(SystemRelation relation, SystemContext context) {
        List<Row> rows = new ArrayList<>();
        relation.rows(context, rows::add);
        return rows;
    }
}
