package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hermitage (Kleppmann) and more cases of what sessions see of each other, at each isolation level, over real connections. The
 * answers are PostgreSQL 15's, recorded by {@code -Dstrongroom.oracle=<JDBC address of a PostgreSQL>}. Where a serializable
 * transaction is refused at another statement than in PostgreSQL, the file has both.
 */
final class HermitageTest {
    private static final List<String> LEVELS = List.of("read committed", "repeatable read", "serializable");
    private static final String ORACLE = System.getProperty("strongroom.oracle", "");
    private static final StringBuilder RECORDED = new StringBuilder();
    private static final List<Connection> CONNECTIONS = new ArrayList<>();
    private static @Nullable ServerProcess server;

    @BeforeAll
    static void start(@TempDir Path directory) throws SQLException {
        if (ORACLE.isEmpty()) {
            server = ServerProcess.start(directory.resolve("data"));
        }
        for (int i = 0; i < 4; i++) {
            CONNECTIONS.add(connect());
        }
        try (Statement statement = CONNECTIONS.getFirst().createStatement()) {
            statement.execute("create table test (id int primary key, value int)");
            statement.execute("create table child (id int primary key, parent int references test)");
        }
    }

    @AfterAll
    static void stop() throws IOException, SQLException {
        for (Connection connection : CONNECTIONS) {
            connection.close();
        }
        ServerProcess started = server;
        if (started != null) {
            started.close();
        } else {
            Files.writeString(Path.of("target", "hermitage-answers.txt"), RECORDED);
        }
    }

    private static Connection connect() throws SQLException {
        ServerProcess started = server;
        return started == null ? DriverManager.getConnection(ORACLE) : started.connect("postgres");
    }

    private static List<String> lines(String name) {
        try (InputStream in = Objects.requireNonNull(HermitageTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static Map<String, List<String>> sections(String name) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> section = new ArrayList<>();
        for (String line : lines(name)) {
            if (line.startsWith("== ")) {
                section = new ArrayList<>();
                sections.put(line.substring(3), section);
            } else {
                section.add(line);
            }
        }
        return sections;
    }

    static Stream<Arguments> cases() {
        return sections("hermitage.txt").entrySet().stream()
                .flatMap(entry -> LEVELS.stream().map(level -> Arguments.of(entry.getKey(), level, entry.getValue())));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    @DisplayName("S-16, S-17: sessions see of each other what they see in PostgreSQL")
    void sessionsSeeOfEachOtherWhatTheySeeInPostgresql(String name, String level, List<String> script)
            throws Exception {
        try (Statement statement = CONNECTIONS.getFirst().createStatement()) {
            statement.execute("delete from child");
            statement.execute("delete from test");
            statement.execute("insert into test values (1, 10), (2, 20)");
        }
        String title = name + ", " + level;
        List<String> answers = new SessionScript(CONNECTIONS, "begin isolation level " + level).play(script);
        if (ORACLE.isEmpty()) {
            assertThat(answers).isEqualTo(expected(title));
        } else {
            RECORDED.append("== ").append(title).append('\n');
            answers.forEach(answer -> RECORDED.append(answer).append('\n'));
        }
    }

    private static List<String> expected(String title) {
        Map<String, List<String>> own = sections("hermitage-own-answers.txt");
        return own.containsKey(title)
                ? own.get(title)
                : Objects.requireNonNull(sections("hermitage-answers.txt").get(title), title);
    }

    private static final List<String> TABLE_MODES = List.of(
            "access share",
            "row share",
            "row exclusive",
            "share update exclusive",
            "share",
            "share row exclusive",
            "exclusive",
            "access exclusive");

    /** PostgreSQL's manual, table 13.2: a digit per mode held, 1 where the mode asked for must wait. */
    private static final List<String> TABLE_CONFLICTS =
            List.of("00000001", "00000011", "00001111", "00011111", "00110111", "00111111", "01111111", "11111111");

    @Test
    @DisplayName("S-17: LOCK TABLE knows eight modes, and which exclude each other")
    void tableLocksExcludeEachOtherAsInPostgresql() throws SQLException {
        try (Statement holder = CONNECTIONS.get(1).createStatement();
                Statement asker = CONNECTIONS.get(2).createStatement()) {
            holder.execute("drop table if exists locked");
            holder.execute("create table locked (id int primary key)");
            for (int held = 0; held < 8; held++) {
                holder.execute("begin");
                holder.execute("lock table locked in " + TABLE_MODES.get(held) + " mode");
                StringBuilder refused = new StringBuilder();
                for (String mode : TABLE_MODES) {
                    asker.execute("begin");
                    refused.append(isRefused(asker, "lock table locked in " + mode + " mode nowait") ? '1' : '0');
                    asker.execute("rollback");
                }
                holder.execute("rollback");
                assertThat(refused.toString())
                        .as("%s is held", TABLE_MODES.get(held))
                        .isEqualTo(TABLE_CONFLICTS.get(held));
            }
        }
    }

    private static final List<String> ROW_MODES = List.of("key share", "share", "no key update", "update");

    /** PostgreSQL's manual, table 13.3. */
    private static final List<String> ROW_CONFLICTS = List.of("0001", "0011", "0111", "1111");

    @Test
    @DisplayName(
            "S-17: FOR UPDATE, NO KEY UPDATE, SHARE and KEY SHARE exclude each other; NOWAIT refuses, SKIP LOCKED skips")
    void rowLocksExcludeEachOtherAsInPostgresql() throws SQLException {
        try (Statement holder = CONNECTIONS.get(1).createStatement();
                Statement asker = CONNECTIONS.get(2).createStatement()) {
            holder.execute("drop table if exists rows");
            holder.execute("create table rows (id int primary key)");
            holder.execute("insert into rows values (1), (2)");
            for (int held = 0; held < 4; held++) {
                holder.execute("begin");
                holder.execute("select * from rows where id = 1 for " + ROW_MODES.get(held));
                StringBuilder refused = new StringBuilder();
                for (String mode : ROW_MODES) {
                    asker.execute("begin");
                    boolean busy = isRefused(asker, "select * from rows where id = 1 for " + mode + " nowait");
                    asker.execute("rollback");
                    asker.execute("begin");
                    var rows = asker.executeQuery("select id from rows order by id for " + mode + " skip locked");
                    rows.next();
                    assertThat(rows.getInt(1)).as("%s skips", mode).isEqualTo(busy ? 2 : 1);
                    asker.execute("rollback");
                    refused.append(busy ? '1' : '0');
                }
                holder.execute("rollback");
                assertThat(refused.toString())
                        .as("%s is held", ROW_MODES.get(held))
                        .isEqualTo(ROW_CONFLICTS.get(held));
            }
        }
    }

    @Test
    @DisplayName("AE-151: CREATE INDEX CONCURRENTLY lets writers go on, and waits only for those who began before it")
    void anIndexIsMadeBesideWritersAsInPostgresql() throws Exception {
        try (Statement outside = CONNECTIONS.getFirst().createStatement();
                Statement early = CONNECTIONS.get(1).createStatement();
                Statement maker = CONNECTIONS.get(2).createStatement();
                Statement late = CONNECTIONS.get(3).createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            outside.execute("drop table if exists built");
            outside.execute("create table built (id int primary key, n int)");
            outside.execute("insert into built select g, g from generate_series(1, 1000) g");
            early.execute("begin");
            early.execute("insert into built values (2001, 2001)");
            int pid = Integer.parseInt(value(maker, "select pg_backend_pid()"));
            Future<Boolean> made =
                    threads.submit(() -> maker.execute("create index concurrently built_n on built (n)"));
            String waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and pid = " + pid;
            while (!made.isDone() && !value(outside, waiting).equals("1")) {
                Thread.onSpinWait();
            }
            late.execute("insert into built values (2002, 2002)");
            late.execute("update built set n = 3001 where id = 1");
            late.execute("delete from built where id = 2");
            String state = "select indisvalid from pg_index where indexrelid = 'built_n'::regclass";
            boolean over = made.isDone();
            String valid = value(outside, state);
            early.execute("commit");
            assertThat(over).isFalse();
            assertThat(valid).isEqualTo("f");
            made.get(60, TimeUnit.SECONDS);
            assertThat(value(outside, state)).isEqualTo("t");
            outside.execute("set enable_seqscan = off");
            assertThat(value(outside, "select count(*), min(n), max(n) from built where n > 0"))
                    .isEqualTo("1001, 3, 3001");
            outside.execute("reset enable_seqscan");
        }
    }

    @Test
    @DisplayName("AE-151: a unique index that cannot be made beside writers stays behind, kept in step and not valid")
    void aUniqueIndexThatFailsStaysBehindInvalidAsInPostgresql() throws SQLException {
        try (Statement session = CONNECTIONS.get(1).createStatement()) {
            session.execute("drop table if exists doubled, doubled_parent");
            session.execute("create table doubled (id int primary key, n int)");
            session.execute("insert into doubled values (1, 1), (2, 1)");
            assertThatThrownBy(() -> session.execute("create unique index concurrently doubled_n on doubled (n)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("23505"))
                    .hasMessageContaining("could not create unique index \"doubled_n\"");
            assertThat(value(session, "select indisvalid from pg_index where indexrelid = 'doubled_n'::regclass"))
                    .isEqualTo("f");
            session.execute("insert into doubled values (3, 3)");
            assertThatThrownBy(() -> session.execute("insert into doubled values (4, 3)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("23505"));
            assertThat(value(session, "select count(*) from doubled where n = 1"))
                    .isEqualTo("2");
            session.execute("create table doubled_parent (id int primary key)");
            session.execute("insert into doubled_parent values (1), (3)");
            session.execute("alter table doubled add foreign key (n) references doubled_parent");
            assertThatThrownBy(() -> session.execute("delete from doubled_parent where id = 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("23503"));
            session.execute("drop index concurrently doubled_n");
            session.execute("insert into doubled values (4, 3)");
        }
    }

    @Test
    @DisplayName(
            "S-17: whoever changes rows holds the lock of a writer, also by a foreign key's action or beside FOR UPDATE")
    void writersHoldTheLockOfWritersAsInPostgresql() throws SQLException {
        try (Statement writer = CONNECTIONS.get(1).createStatement();
                Statement asker = CONNECTIONS.get(2).createStatement()) {
            writer.execute("drop table if exists leaf, branch, trunk");
            writer.execute("create table trunk (id int primary key, n int)");
            writer.execute("create table branch (id int primary key, t int references trunk on delete cascade)");
            writer.execute("create table leaf (id int primary key, b int references branch on delete set null)");
            writer.execute("insert into trunk values (1, 1), (2, 2)");
            writer.execute("insert into branch values (1, 1)");
            writer.execute("insert into leaf values (1, 1)");
            for (String table : List.of("trunk", "branch", "leaf")) {
                assertThat(refusesShare(writer, asker, "delete from trunk where id = 1", table))
                        .as(table)
                        .isTrue();
                assertThat(refusesShare(writer, asker, "update trunk set n = 3 where id = 1", table))
                        .as(table)
                        .isEqualTo(table.equals("trunk"));
            }
            String next = "select id from trunk for update skip locked limit 1";
            assertThat(refusesShare(writer, asker, next, "trunk")).isFalse();
            assertThat(refusesShare(writer, asker, "update trunk set n = 4 where id in (" + next + ")", "trunk"))
                    .isTrue();
        }
    }

    private static boolean refusesShare(Statement writer, Statement asker, String sql, String table)
            throws SQLException {
        writer.execute("begin");
        writer.execute(sql);
        asker.execute("begin");
        boolean refused = isRefused(asker, "lock table " + table + " in share mode nowait");
        asker.execute("rollback");
        writer.execute("rollback");
        return refused;
    }

    private static String value(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            result.next();
            StringBuilder values = new StringBuilder();
            for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                values.append(column == 1 ? "" : ", ").append(result.getString(column));
            }
            return values.toString();
        }
    }

    private static boolean isRefused(Statement statement, String sql) throws SQLException {
        try {
            statement.execute(sql);
            return false;
        } catch (SQLException refused) {
            if ("55P03".equals(refused.getSQLState())) {
                return true;
            }
            throw refused;
        }
    }
}
