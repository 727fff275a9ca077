package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection pool as applications use it: more threads than connections, batches, an error in between (TDE-107). */
final class HikariTest {
    private static final int THREADS = 12;
    private static final int ROWS_PER_THREAD = 40;

    @Test
    void aPoolServesManyThreadsAndKeepsItsConnectionsAfterErrors(@TempDir Path folder) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"));
                HikariDataSource pool = new HikariDataSource(configuration(server))) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE pooled (thread int, n int, word text, PRIMARY KEY (thread, n))");
            }
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Integer>> inserted = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int thread = i;
                    Callable<Integer> work = () -> insertBatch(pool, thread);
                    inserted.add(threads.submit(work));
                }
                for (Future<Integer> count : inserted) {
                    assertThat(count.get()).isEqualTo(ROWS_PER_THREAD);
                }
            }
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("INSERT INTO pooled VALUES (0, 0, 'again')"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("23505"));
            }
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*), count(DISTINCT word) FROM pooled")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(THREADS * ROWS_PER_THREAD);
                assertThat(row.getInt(2)).isEqualTo(ROWS_PER_THREAD);
            }
            assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(4);
        }
    }

    private static int insertBatch(HikariDataSource pool, int thread) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO pooled VALUES (?, ?, ?)")) {
                for (int n = 0; n < ROWS_PER_THREAD; n++) {
                    insert.setInt(1, thread);
                    insert.setInt(2, n);
                    insert.setString(3, "word " + n);
                    insert.addBatch();
                }
                int count = insert.executeBatch().length;
                connection.commit();
                return count;
            }
        }
    }

    private static HikariConfig configuration(ServerProcess server) {
        HikariConfig configuration = new HikariConfig();
        configuration.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres");
        configuration.setUsername("postgres");
        configuration.setPassword(ServerProcess.PASSWORD);
        configuration.setMaximumPoolSize(4);
        configuration.setMinimumIdle(4);
        return configuration;
    }
}
