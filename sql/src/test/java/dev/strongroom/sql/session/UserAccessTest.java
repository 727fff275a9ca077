package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.catalog.backup.Connections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UserAccessTest {
    private TestingServer server;
    private TestingServer.Client client;

    @BeforeEach
    void connect() {
        server = new TestingServer();
        client = server.connect();
        client.run("create database d");
        client.run("create role clerk login");
    }

    private int sessions() {
        int oid = server.shared().head().database("d").orElseThrow().oid();
        return server.engine().sessionsOf(oid);
    }

    @Test
    @DisplayName("TDE-37: SINGLE_USER ends the other sessions and lets one in at a time")
    void singleUserIsOne() {
        server.connect("clerk", "d");
        server.connect("postgres", "d");
        assertThat(client.error("alter database d set single_user with no_wait"))
                .startsWith("55P03 a lock could not be placed");
        assertThat(sessions()).isEqualTo(2);
        client.run("alter database d set single_user with rollback immediate");
        assertThat(sessions()).isZero();
        TestingServer.Client one = server.connect("clerk", "d");
        assertThatThrownBy(() -> server.connect("postgres", "d")).hasMessageContaining("only have one user at a time");
        assertThat(client.error("use d")).startsWith("53300 database \"d\" is already open");
        assertThat(client.error("alter database d set multi_user"))
                .startsWith("55006 changes to the state or options of database \"d\" cannot be made");
        one.session().close();
        client.run("use d");
        client.run("alter database current set multi_user");
        server.connect("clerk", "d");
    }

    @Test
    @DisplayName("TDE-37: RESTRICTED_USER keeps out who controls neither database nor server")
    void restrictedUserIsForFew() {
        TestingServer.Client clerk = server.connect("clerk", "d");
        server.connect("postgres", "d");
        client.run("alter database d set restricted_user with rollback immediate");
        assertThat(sessions()).as("those who may, stay").isEqualTo(1);
        assertThat(clerk.session().databaseOid()).isPositive();
        assertThatThrownBy(() -> server.connect("clerk", "d")).hasMessageContaining("in restricted mode");
        client.run("alter role clerk createdb");
        server.connect("clerk", "d");
        assertThat(client.error("alter database master set single_user"))
                .startsWith("42809 option \"SINGLE_USER\" cannot be set in database \"master\"");
        assertThat(client.error("alter database d set single_user with nonsense"))
                .startsWith("42601");
        client.run("begin");
        assertThat(client.error("alter database d set multi_user")).startsWith("25001");
    }

    @Test
    @DisplayName("TDE-44: READ_ONLY refuses every change with 25006 (3906) until READ_WRITE; others must leave first")
    void readOnlyRefusesChanges() {
        TestingServer.Client user = server.connect("postgres", "d");
        user.run("create table t (id int primary key, n int)");
        user.run("insert into t values (1, 1)");
        assertThat(client.error("alter database d set read_only with no_wait")).startsWith("55P03");
        client.run("alter database d set read_only with rollback immediate");
        assertThat(sessions()).isZero();
        TestingServer.Client reader = server.connect("postgres", "d");
        assertThat(reader.query("select n from t where id = 1")).containsExactly("1");
        for (String change : new String[] {
            "insert into t values (2, 2)",
            "update t set n = 2",
            "delete from t",
            "truncate t",
            "create table u (id int)",
            "alter table t add column x int",
            "create index on t (n)",
            "drop table t",
            "create view v as select 1"
        }) {
            assertThat(reader.error(change)).as(change).startsWith("25006");
        }
        assertThat(reader.query("select count(*) from t")).containsExactly("1");
        reader.run("create role from_a_read_only_database");
        reader.run("alter database current set read_write");
        reader.run("insert into t values (2, 2)");
        assertThat(client.error("alter database master set read_only")).startsWith("42809");
        client.run("begin");
        assertThat(client.error("alter database d set read_only")).startsWith("25001");
    }

    @Test
    @DisplayName("TDE-44: OFFLINE ends the sessions and lets nobody in until ONLINE")
    void offlineLetsNobodyIn() {
        TestingServer.Client user = server.connect("postgres", "d");
        assertThat(user.error("alter database d set offline")).startsWith("55000 the currently open database");
        assertThat(client.error("alter database d set offline with no_wait")).startsWith("55P03");
        client.run("alter database d set offline with rollback immediate");
        assertThatThrownBy(() -> server.connect("postgres", "d")).hasMessageContaining("offline");
        assertThat(client.error("alter database d set read_only"))
                .startsWith("57P03 database \"d\" cannot be changed because it is offline");
        client.run("alter database d set offline");
        client.run("alter database d set online");
        server.connect("postgres", "d");
        server.connect("clerk", "d");
        assertThat(server.connect("clerk", "d").error("alter database d set read_only"))
                .startsWith("42501");
    }

    @Test
    @DisplayName("S-18: while the tail of a log is backed up nobody enters the database")
    void nobodyEntersAnExcludedDatabase() {
        int oid = server.shared().head().database("d").orElseThrow().oid();
        try (Connections.Exclusion _ = server.engine().gate().exclude(oid)) {
            assertThatThrownBy(() -> server.connect("postgres", "d"))
                    .hasMessageContaining("not currently accepting connections");
            assertThat(client.error("use d")).startsWith("55000 database \"d\" is not currently");
            assertThat(client.error("drop database d")).startsWith("55P03");
        }
        TestingServer.Client user = server.connect("postgres", "d");
        assertThat(client.error("drop database d")).startsWith("55006");
        client.run("drop database d with (force)");
        assertThat(user.session().status()).isEqualTo('I');
    }
}
