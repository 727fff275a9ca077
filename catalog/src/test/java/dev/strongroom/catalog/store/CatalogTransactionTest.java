package dev.strongroom.catalog.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.storage.table.SequenceLayout;
import dev.strongroom.storage.table.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CatalogTransactionTest {
    private final TestingCatalog testing = new TestingCatalog();

    @Test
    void newServerHasDatabasesRolesAndPublicSchema() {
        CatalogSnapshot head = testing.catalog.head();
        assertThat(head.shared().databases().stream().map(database -> database.oid() + database.name()))
                .containsExactlyInAnyOrder("1master", "2tempdb", "3model", "4msdb", "5postgres");
        assertThat(head.shared().requireRole("postgres").superuser()).isTrue();
        assertThat(head.schemas().stream().map(Schema::name))
                .containsExactlyInAnyOrder("public", "pg_catalog", "pg_toast", "information_schema", "sys");
        assertThat(head.shared().memberships(3373)).contains(3374, 3375, 3377);
    }

    @Test
    void committedObjectsSurviveRestartUnchanged() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition a = TestingCatalog.createTable(ddl, "a");
        TableDefinition b = TestingCatalog.createTable(ddl, "b");
        TestingCatalog.createForeignKey(ddl, "b_id_fkey", b, a);
        TestingCatalog.createView(ddl, "v", a);
        long sequenceId = testing.database.sequences().create(ddl.storage(), SequenceLayout.DEFAULT);
        SequenceDefinition sequence = new SequenceDefinition(
                ddl.allocateOid(),
                Schema.PUBLIC,
                "s",
                Role.POSTGRES,
                Persistence.PERMANENT,
                sequenceId,
                PgType.INT4,
                SequenceLayout.DEFAULT,
                1,
                a.oid(),
                1,
                false,
                null);
        ddl.create(sequence);
        Column withDefault = a.column(1)
                .withDefault(new ColumnDefault(
                        ddl.allocateOid(), "nextval('s'::regclass)", List.of(ObjectRef.relation(sequence.oid()))));
        TableDefinition changed = a.withColumn(withDefault);
        List<Column> columns = new ArrayList<>(changed.columns());
        columns.add(Column.of(3, "price", new ColumnType(PgType.NUMERIC, 655366, 0), false)
                .withMissing(1, Numeric.of(1250, 2)));
        ddl.replace(changed.withColumns(columns, 1));
        ddl.create(new Constraint.Check(
                ddl.allocateOid(), "positive", a.oid(), "(id > 0)", List.of(1), List.of(), true, false));
        ddl.comment(ObjectRef.column(a.oid(), 2), "what it is called");
        ddl.commit();
        Set<Object> before = Set.copyOf(testing.catalog.head().all());
        int nextOid = testing.catalog.allocateOid();

        testing.restart();

        assertThat(Set.<Object>copyOf(testing.catalog.head().all())).isEqualTo(before);
        assertThat(testing.catalog.head().comment(ObjectRef.column(a.oid(), 2))).contains("what it is called");
        assertThat(testing.catalog.allocateOid()).isEqualTo(nextOid);
    }

    @Test
    void uncommittedObjectsAreSeenByTheirSessionOnlyAndGoneAfterRollback() {
        CatalogTransaction ddl = testing.begin();
        long version = testing.catalog.head().version();
        TestingCatalog.createTable(ddl, "a");
        assertThat(ddl.snapshot().relation(null, "a", testing.path())).isPresent();
        assertThat(ddl.snapshot().privateView()).isTrue();
        assertThat(testing.catalog.head().relation(null, "a", testing.path())).isEmpty();
        ddl.rollback();
        assertThat(testing.catalog.head().version()).isEqualTo(version);
        assertThat(testing.session.snapshot().relation(null, "a", testing.path()))
                .isEmpty();
        testing.restart();
        assertThat(testing.catalog.head().relation(null, "a", testing.path())).isEmpty();
    }

    @Test
    void rollbackToSavepointForgetsWhatCameAfterIt() {
        CatalogTransaction ddl = testing.begin();
        TestingCatalog.createTable(ddl, "kept");
        CatalogTransaction.Mark mark = ddl.savepoint();
        Transaction.Savepoint savepoint = ddl.storage().savepoint();
        TestingCatalog.createTable(ddl, "gone");
        ddl.storage().rollbackTo(savepoint);
        ddl.rollbackTo(mark);
        ddl.commit();
        assertThat(names()).contains("kept").doesNotContain("gone");
        testing.restart();
        assertThat(names()).contains("kept").doesNotContain("gone");
    }

    @Test
    void twoTransactionsPublishBothTheirChanges() {
        CatalogTransaction first = testing.begin();
        CatalogTransaction second = testing.begin(testing.catalog.openSession());
        TestingCatalog.createTable(first, "a");
        TestingCatalog.createTable(second, "b");
        first.commit();
        assertThat(second.snapshot().relation(null, "a", testing.path())).isPresent();
        second.commit();
        assertThat(names()).contains("a", "b", "a_pkey", "b_pkey");
    }

    @Test
    void takenNamesAreRefusedAsPostgresWordsIt() {
        CatalogTransaction ddl = testing.begin();
        TestingCatalog.createTable(ddl, "a");
        assertThatThrownBy(() -> TestingCatalog.createTable(ddl, "a"))
                .isInstanceOf(DatabaseException.class)
                .hasMessage("relation \"a\" already exists")
                .extracting(error -> ((DatabaseException) error).code())
                .isEqualTo(ErrorCode.DUPLICATE_TABLE);
        assertThatThrownBy(() -> ddl.create(new Schema(ddl.allocateOid(), "pg_mine", Role.POSTGRES, null)))
                .hasMessage("unacceptable schema name \"pg_mine\"");
        assertThatThrownBy(() -> ddl.create(Role.of(ddl.allocateOid(), "postgres", Role.Attributes.NONE)))
                .hasMessage("role \"postgres\" already exists");
    }

    @Test
    void restrictedDropNamesWhatDepends() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition a = TestingCatalog.createTable(ddl, "a");
        TableDefinition b = TestingCatalog.createTable(ddl, "b");
        TestingCatalog.createView(ddl, "v", a);
        TestingCatalog.createForeignKey(ddl, "b_fk", b, a);
        assertThatThrownBy(() -> ddl.drop(List.of(a.ref()), DropBehavior.RESTRICT, testing.path()))
                .isInstanceOfSatisfying(DatabaseException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST);
                    assertThat(error.report().message())
                            .isEqualTo("cannot drop table a because other objects depend on it");
                    assertThat(error.report().detail())
                            .isEqualTo("view v depends on table a\nconstraint b_fk on table b depends on table a");
                    assertThat(error.report().hint())
                            .isEqualTo("Use DROP ... CASCADE to drop the dependent objects too.");
                });
        CatalogTransaction.Dropped dropped = ddl.drop(List.of(a.ref()), DropBehavior.CASCADE, testing.path());
        assertThat(dropped.notice()).isNotNull();
        assertThat(dropped.notice().message()).isEqualTo("drop cascades to 2 other objects");
        assertThat(dropped.notice().detail())
                .isEqualTo("drop cascades to view v\ndrop cascades to constraint b_fk on table b");
        ddl.commit();
        assertThat(names()).contains("b", "b_pkey").doesNotContain("a", "a_pkey", "v");
        assertThat(testing.catalog.head().constraints(b.oid())).hasSize(1);
    }

    @Test
    void indexOfConstraintIsNotDroppedAlone() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition a = TestingCatalog.createTable(ddl, "a");
        ObjectRef index = ObjectRef.relation(a.clusterIndexOid());
        assertThatThrownBy(() -> ddl.drop(List.of(index), DropBehavior.RESTRICT, testing.path()))
                .hasMessage("cannot drop index a_pkey because constraint a_pkey on table a requires it");
    }

    @Test
    void droppedColumnLeavesItsSlotAndTakesItsIndexAlong() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition a = TestingCatalog.createTable(ddl, "a");
        ddl.drop(List.of(ObjectRef.column(a.oid(), 2)), DropBehavior.RESTRICT, testing.path());
        TableDefinition left =
                (TableDefinition) ddl.snapshot().relation(a.oid()).orElseThrow();
        assertThat(left.columns()).hasSize(2);
        assertThat(left.liveColumns()).extracting(Column::name).containsExactly("id");
        assertThat(left.column(2).name()).isEqualTo("........pg.dropped.2........");
    }

    @Test
    void viewKnownToReadATableKeepsTheColumnsItMentions() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition a = TestingCatalog.createTable(ddl, "a");
        ViewDefinition view = TestingCatalog.createView(ddl, "v", a);
        ddl.replace(view.withQuery(view.columns(), "select name from public.a", List.of(a.ref())));
        assertThatThrownBy(() -> ddl.drop(List.of(ObjectRef.column(a.oid(), 2)), DropBehavior.RESTRICT, testing.path()))
                .isInstanceOfSatisfying(DatabaseException.class, error -> {
                    assertThat(error.report().message())
                            .isEqualTo("cannot drop column name of table a because other objects depend on it");
                    assertThat(error.report().detail()).isEqualTo("view v depends on column name of table a");
                });
        assertThatThrownBy(() -> ddl.rename(a, "b")).hasMessageContaining("view \"v\" reads it");
        assertThatThrownBy(() -> ddl.replace(a.withColumn(a.column(2).withName("other"))))
                .hasMessageContaining("view \"v\" reads it");
        ddl.replace(a.withColumn(a.column(1).withName("number")));
    }

    @Test
    void temporaryTableBelongsToItsSessionAndIsGoneAfterACrash() {
        CatalogTransaction ddl = testing.begin();
        long version = testing.catalog.head().version();
        TestingCatalog.createTable(ddl, ddl.temporarySchema(), "t", Persistence.TEMPORARY);
        ddl.commit();
        assertThat(testing.session.snapshot().relation(null, "t", testing.path()))
                .isPresent();
        assertThat(testing.session.snapshot().relation("pg_temp", "t", testing.path()))
                .isPresent();
        assertThat(testing.catalog.openSession().snapshot().relations())
                .noneMatch(table -> table.name().equals("t"));
        assertThat(testing.catalog.head().version()).isEqualTo(version);
        testing.restart();
        assertThat(names()).doesNotContain("t");
        assertThat(testing.catalog.head().schemas())
                .noneMatch(schema -> schema.name().startsWith("pg_temp"));
    }

    @Test
    void closedSessionDropsItsTemporaryObjects() {
        CatalogTransaction ddl = testing.begin();
        TestingCatalog.createTable(ddl, ddl.temporarySchema(), "t", Persistence.TEMPORARY);
        ddl.commit();
        testing.session.close();
        assertThat(testing.session.hasTemporary()).isFalse();
        assertThat(testing.session.snapshot().relations())
                .noneMatch(table -> table.name().equals("t"));
    }

    @Test
    void rolesArePublishedToEveryDatabaseAlsoTogetherWithTables() {
        CatalogTransaction ddl = testing.begin();
        ddl.create(Role.of(testing.shared.allocateOid(), "alice", Role.Attributes.NONE));
        ddl.commit();
        assertThat(testing.catalog.head().shared().role("alice")).isPresent();
        CatalogTransaction mixed = testing.begin();
        mixed.create(Role.of(testing.shared.allocateOid(), "bob", Role.Attributes.NONE));
        TestingCatalog.createTable(mixed, "a");
        mixed.commit();
        assertThat(testing.catalog.head().shared().role("bob")).isPresent();
        assertThat(names()).contains("a");
        testing.restart();
        assertThat(testing.catalog.head().shared().role("alice")).isPresent();
        assertThat(testing.catalog.head().shared().role("bob")).isPresent();
        assertThat(names()).contains("a");
    }

    @Test
    void roleThatOwnsSomethingIsNotDropped() {
        CatalogTransaction roles = testing.begin();
        Role alice = Role.of(testing.shared.allocateOid(), "alice", Role.Attributes.NONE);
        roles.create(alice);
        roles.commit();
        CatalogTransaction ddl = testing.begin();
        TableDefinition table = TestingCatalog.createTable(ddl, "a");
        ddl.replace(table.withOwner(alice.oid()));
        assertThatThrownBy(() -> ddl.dropRole(alice, testing.path()))
                .isInstanceOfSatisfying(DatabaseException.class, error -> {
                    assertThat(error.report().message())
                            .isEqualTo("role \"alice\" cannot be dropped because some objects depend on it");
                    assertThat(error.report().detail()).isEqualTo("owner of table a");
                });
    }

    private Set<String> names() {
        return testing.catalog.head().relations().stream()
                .map(relation -> relation.name())
                .collect(Collectors.toSet());
    }
}
