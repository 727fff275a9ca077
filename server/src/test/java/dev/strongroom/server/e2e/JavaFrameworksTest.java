package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;
import org.hibernate.LockMode;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.exception.ConstraintViolationException;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java's mappers and migration tools, unchanged, with their PostgreSQL dialects. */
final class JavaFrameworksTest {
    private static ServerProcess server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start(@TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"));
        for (String database : List.of("hibernate", "flyway", "liquibase", "jooq")) {
            server.psql("postgres", "create database " + database);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database;
    }

    @Test
    void hibernateMapsEntities() {
        try (SessionFactory factory = sessions("update")) {
            factory.inTransaction(session -> {
                Patient ann = new Patient("Ann", new BigDecimal("12.30"));
                IntStream.range(0, 60).forEach(i -> ann.add("visit " + i));
                session.persist(ann);
                session.persist(new Patient("Bob", BigDecimal.ONE));
            });
            factory.inTransaction(session -> {
                List<Object[]> counts = session.createQuery(
                                "select p.name, count(v), max(v.note) from Patient p left join p.visits v"
                                        + " group by p.name order by count(v) desc",
                                Object[].class)
                        .list();
                assertThat(counts.get(0)).containsExactly("Ann", 60L, "visit 9");
                assertThat(counts.get(1)).containsExactly("Bob", 0L, null);
                Patient bob = session.createQuery("from Patient where name = :name", Patient.class)
                        .setParameter("name", "Bob")
                        .setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                        .getSingleResult();
                bob.rename("Robert");
            });
            assertThatThrownBy(
                            () -> factory.inTransaction(session -> session.persist(new Patient("Ann", BigDecimal.TEN))))
                    .isInstanceOf(ConstraintViolationException.class)
                    .hasMessageContaining("duplicate key value violates unique constraint");
            factory.inTransaction(session -> session.createQuery("from Patient where name = 'Ann'", Patient.class)
                    .list()
                    .forEach(session::remove));
            factory.inTransaction(session -> assertThat(session.createQuery("select count(*) from Visit", Long.class)
                            .getSingleResult())
                    .isZero());
        }
        sessions("validate").close();
    }

    private static SessionFactory sessions(String schemaAction) {
        return new Configuration()
                .addAnnotatedClass(Patient.class)
                .addAnnotatedClass(Visit.class)
                .setProperty("hibernate.connection.url", url("hibernate"))
                .setProperty("hibernate.connection.username", "postgres")
                .setProperty("hibernate.connection.password", ServerProcess.PASSWORD)
                .setProperty("hibernate.hbm2ddl.auto", schemaAction)
                .setProperty("hibernate.jdbc.batch_size", "20")
                .buildSessionFactory();
    }

    @Test
    void flywayMigratesAndValidates() throws Exception {
        Files.writeString(folder.resolve("V1__first.sql"), "create table a(id int primary key, b text not null);");
        Files.writeString(folder.resolve("V2__second.sql"), """
                insert into a select n, 'row ' || n from generate_series(1, 10) n;
                alter table a add column c numeric(10,2) default 0.5 not null;
                create index concurrently_not on a (b);
                """);
        Files.writeString(folder.resolve("R__view.sql"), "create or replace view v as select count(*) n from a;");
        Flyway flyway = Flyway.configure()
                .dataSource(url("flyway"), "postgres", ServerProcess.PASSWORD)
                .locations("filesystem:" + folder)
                .cleanDisabled(false)
                .load();
        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(3);
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        flyway.validate();
        assertThat(flyway.info().current().getVersion().getVersion()).isEqualTo("2");
        Files.writeString(folder.resolve("V3__wrong.sql"), "create table z(id int); insert into z values ('x');");
        assertThatThrownBy(flyway::migrate).hasMessageContaining("invalid input syntax for type integer: \"x\"");
        flyway.clean();
        assertThat(server.psql("flyway", "\\d").output()).contains("Did not find any relations.");
    }

    @Test
    void liquibaseUpdatesAndRollsBack() throws Exception {
        Files.writeString(folder.resolve("changes.sql"), """
                --liquibase formatted sql
                --changeset ann:1
                create table people(id bigint generated by default as identity primary key, name varchar(30) unique);
                --rollback drop table people;
                --changeset ann:2
                create table pets(id serial primary key, owner bigint references people(id), kind char(3));
                create index pets_owner on pets(owner);
                create sequence tags start 100;
                --rollback drop sequence tags;
                --rollback drop table pets;
                """);
        try (Connection connection = server.connect("liquibase");
                Liquibase liquibase = new Liquibase(
                        "changes.sql",
                        new DirectoryResourceAccessor(folder),
                        DatabaseFactory.getInstance()
                                .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
            liquibase.update(new Contexts());
            assertThat(liquibase.listUnrunChangeSets(new Contexts(), new liquibase.LabelExpression()))
                    .isEmpty();
            liquibase.validate();
            StringWriter sql = new StringWriter();
            liquibase.rollback(1, null, new Contexts(), new liquibase.LabelExpression(), sql);
            assertThat(sql.toString()).contains("drop table pets");
            liquibase.rollback(1, "");
            assertThat(connection
                            .getMetaData()
                            .getTables(null, null, "pets", null)
                            .next())
                    .isFalse();
            liquibase.dropAll();
        }
    }

    @Test
    void jooqReadsTheSchemaAndQueries() throws SQLException {
        try (Connection connection = server.connect("jooq")) {
            DSLContext sql = DSL.using(connection, SQLDialect.POSTGRES);
            sql.createTable("item")
                    .column("id", SQLDataType.INTEGER.identity(true))
                    .column("name", SQLDataType.VARCHAR(20).notNull())
                    .column("price", SQLDataType.NUMERIC(10, 2).defaultValue(new BigDecimal("1.25")))
                    .constraints(DSL.primaryKey("id"), DSL.unique("name"))
                    .execute();
            Table<?> item = sql.meta().getTables("item").getFirst();
            assertThat(item.fields()).extracting(field -> field.getName()).containsExactly("id", "name", "price");
            assertThat(Objects.requireNonNull(item.getPrimaryKey()).getFields()).hasSize(1);
            assertThat(sql.insertInto(item)
                            .columns(item.field("name", String.class))
                            .values("pen")
                            .values("ink")
                            .returning()
                            .fetch()
                            .getValues("id", Integer.class))
                    .containsExactly(1, 2);
            sql.insertInto(item)
                    .columns(item.field("name", String.class), item.field("price", BigDecimal.class))
                    .values("ink", BigDecimal.TEN)
                    .onConflict(item.field("name"))
                    .doUpdate()
                    .setAllToExcluded()
                    .execute();
            Result<Record2<String, Integer>> ranked = sql.select(
                            item.field("name", String.class),
                            DSL.rank().over(DSL.orderBy(item.field("price").desc())))
                    .from(item)
                    .where(DSL.row(item.field("id", Integer.class), item.field("name", String.class))
                            .in(List.of(DSL.row(1, "pen"), DSL.row(2, "ink"))))
                    .orderBy(2)
                    .fetch();
            assertThat(ranked.map(Record2::value1)).containsExactly("ink", "pen");
            sql.transaction(inner ->
                    assertThat(DSL.using(inner).deleteFrom(item).execute()).isEqualTo(2));
            sql.dropTable("item").execute();
        }
    }
}
