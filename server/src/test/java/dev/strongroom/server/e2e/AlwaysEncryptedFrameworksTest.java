package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.strongroom.client.SrConnection;
import dev.strongroom.client.SrStatement;
import dev.strongroom.client.StrongroomDataSource;
import dev.strongroom.client.StrongroomDriver;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Pools and mappers over the driver, unchanged. */
final class AlwaysEncryptedFrameworksTest {
    private static ServerProcess server;
    private static KeyHolder keys;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = ServerProcess.start(folder.resolve("data"));
        keys = new KeyHolder(folder.resolve("keys"));
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            keys.prepare(plain);
            statement.execute("CREATE TABLE card (id int PRIMARY KEY, number varchar(19) "
                    + KeyHolder.deterministic("cek1") + ", credit numeric(12,2) " + KeyHolder.randomized("cek2")
                    + ", expires date " + KeyHolder.randomized("cek2") + ")");
            statement.execute(
                    "CREATE COLUMN MASTER KEY counted WITH (KEY_STORE_PROVIDER_NAME = 'COUNTED', KEY_PATH = 'cmk1.pem')");
            statement.execute("CREATE COLUMN ENCRYPTION KEY countedcek WITH VALUES "
                    + keys.newColumnKey("cmk1").replace("COLUMN_MASTER_KEY = cmk1", "COLUMN_MASTER_KEY = counted"));
            statement.execute(
                    "CREATE COLUMN MASTER KEY scoped WITH (KEY_STORE_PROVIDER_NAME = 'SCOPED', KEY_PATH = 'cmk1.pem')");
            statement.execute("CREATE COLUMN ENCRYPTION KEY scopedcek WITH VALUES "
                    + keys.newColumnKey("cmk1").replace("COLUMN_MASTER_KEY = cmk1", "COLUMN_MASTER_KEY = scoped"));
            statement.execute(
                    "CREATE TABLE scoped (id int PRIMARY KEY, word text " + KeyHolder.deterministic("scopedcek") + ")");
            statement.execute("CREATE TABLE counter (id int PRIMARY KEY, word text "
                    + KeyHolder.deterministic("countedcek") + ")");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static StrongroomDataSource source() {
        StrongroomDataSource source = new StrongroomDataSource();
        source.setUrl(keys.url(server.port(), "postgres"));
        source.setUser("postgres");
        source.setPassword(ServerProcess.PASSWORD);
        return source;
    }

    /** However many connections and executions, the key store is called once for a key (AE-38, AE-40, B-2). */
    @Test
    void manyConnectionsCostOneCallOfTheKeyStore() throws Exception {
        RecordingKeyStore store = new RecordingKeyStore("COUNTED", keys.folder());
        StrongroomDriver.registerColumnKeyProvider(store);
        HikariConfig configuration = new HikariConfig();
        configuration.setDataSource(source());
        configuration.setMaximumPoolSize(20);
        try (HikariDataSource pool = new HikariDataSource(configuration);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            JdbcTemplate template = new JdbcTemplate(pool);
            List<Future<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < 40; thread++) {
                int first = thread * 50;
                Callable<Integer> task = () -> {
                    for (int id = first; id < first + 50; id++) {
                        template.update("INSERT INTO counter (id, word) VALUES (?, ?)", id, "word " + id);
                    }
                    return template.queryForObject(
                            "SELECT id FROM counter WHERE word = ?", Integer.class, "word " + first);
                };
                work.add(threads.submit(task));
            }
            for (int thread = 0; thread < work.size(); thread++) {
                assertThat(work.get(thread).get()).isEqualTo(thread * 50);
            }
        }
        assertThat(store.calls()).hasSize(1);
    }

    /** A statement's key store comes before its connection's, and is nobody else's (AE-89). */
    @Test
    void theNearestKeyStoreIsAsked() throws SQLException {
        RecordingKeyStore ofConnection = new RecordingKeyStore("SCOPED", keys.folder());
        RecordingKeyStore ofStatement = new RecordingKeyStore("SCOPED", keys.folder());
        String insert = "INSERT INTO scoped VALUES (?, ?)";
        try (Connection first = source().getConnection();
                Connection second = source().getConnection()) {
            first.unwrap(SrConnection.class).registerColumnKeyProvider(ofConnection);
            try (PreparedStatement own = first.prepareStatement(insert);
                    PreparedStatement plain = first.prepareStatement(insert);
                    PreparedStatement stranger = second.prepareStatement(insert)) {
                own.unwrap(SrStatement.class).registerColumnKeyProvider(ofStatement);
                insert(own, 1);
                assertThat(ofStatement.calls()).hasSize(1);
                assertThat(ofConnection.calls()).isEmpty();
                insert(plain, 2);
                assertThat(ofConnection.calls()).hasSize(1);
                assertThatThrownBy(() -> insert(stranger, 3)).hasMessageContaining("no key store provider \"SCOPED\"");
                assertThat(ofStatement.calls()).hasSize(1);
            }
        }
    }

    private static void insert(PreparedStatement statement, int id) throws SQLException {
        statement.setInt(1, id);
        statement.setString(2, "word " + id);
        statement.executeUpdate();
    }

    /** Spring's template is as it was (AE-4). */
    @Test
    void jdbcTemplateMapsRows() {
        JdbcTemplate template = new JdbcTemplate(source());
        template.update(
                "INSERT INTO card VALUES (?, ?, ?, ?)",
                1,
                "4111-1111-1111-1111",
                new BigDecimal("99.5"),
                LocalDate.EPOCH);
        assertThat(template.queryForMap("SELECT * FROM card WHERE number = ?", "4111-1111-1111-1111"))
                .containsEntry("credit", new BigDecimal("99.50"))
                .containsEntry("number", "4111-1111-1111-1111")
                .containsEntry("expires", java.sql.Date.valueOf(LocalDate.EPOCH));
        template.batchUpdate(
                "UPDATE card SET credit = ? WHERE id = ?",
                List.of(new Object[] {BigDecimal.ONE, 1}, new Object[] {null, 2}));
        assertThat(template.queryForObject("SELECT credit FROM card WHERE id = 1", BigDecimal.class))
                .isEqualByComparingTo("1");
    }

    /** A mapper and its entities are as they were (AE-4). */
    @Test
    void hibernateMapsEntitiesItDoesNotKnowAreEncrypted() throws SQLException {
        try (SessionFactory factory = new Configuration()
                .addAnnotatedClass(Card.class)
                .setProperty("hibernate.connection.driver_class", StrongroomDriver.class.getName())
                .setProperty("hibernate.connection.url", keys.url(server.port(), "postgres"))
                .setProperty("hibernate.connection.username", "postgres")
                .setProperty("hibernate.connection.password", ServerProcess.PASSWORD)
                .setProperty("hibernate.jdbc.batch_size", "10")
                .setProperty("hibernate.hbm2ddl.auto", "validate")
                .buildSessionFactory()) {
            factory.inTransaction(session -> {
                for (int i = 100; i < 130; i++) {
                    session.persist(new Card(i, "card " + i, new BigDecimal("10.25"), LocalDate.of(2030, 1, 31)));
                }
            });
            factory.inTransaction(session -> {
                Card card = session.createQuery("from Card where number = :number", Card.class)
                        .setParameter("number", "card 117")
                        .getSingleResult();
                assertThat(card.expires()).isEqualTo(LocalDate.of(2030, 1, 31));
                card.spend(new BigDecimal("0.25"));
            });
            factory.inSession(session -> {
                assertThat(session.find(Card.class, 117).credit()).isEqualByComparingTo("10");
                assertThat(session.createQuery("from Card where number in (:numbers)", Card.class)
                                .setParameterList("numbers", List.of("card 101", "card 102", "none"))
                                .list())
                        .hasSize(2);
            });
        }
    }
}
