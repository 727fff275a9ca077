package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.StrongroomDriver;
import dev.strongroom.keys.KeyTool;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key tool from the first key to the last rotation, on one database (AE-9, AE-150 to AE-155, AE-158, AE-160). */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KeyToolTest {
    @TempDir
    private static Path folder;

    private static final AtomicInteger ROUNDS = new AtomicInteger();

    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(folder.resolve("data"));
        Files.writeString(folder.resolve("password"), ServerProcess.PASSWORD);
        Files.writeString(folder.resolve("secret"), "opens the store");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private record Answer(int code, String out, String err) {}

    private static Answer keys(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(List.of(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = KeyTool.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        return new Answer(code, out.toString(), err.toString());
    }

    private static Answer ok(String command, String... more) {
        Answer answer = keys(command, more);
        assertThat(answer.code()).as(answer.out() + answer.err()).isZero();
        return answer;
    }

    private static String[] database(String... more) {
        List<String> all = new ArrayList<>(List.of(
                "--url",
                "jdbc:strongroom://127.0.0.1:" + server.port() + "/postgres?sslmode=disable",
                "--password-file",
                folder.resolve("password").toString(),
                "--allow-same-host"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String[] store(String... more) {
        List<String> all = new ArrayList<>(List.of(
                "-P",
                "keyStoreLocation=" + folder.resolve("keys.p12"),
                "-P",
                "keyStoreSecretFile=" + folder.resolve("secret")));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static Connection application() throws SQLException {
        return application("");
    }

    private static Connection application(String more) throws SQLException {
        Properties info = new Properties();
        info.put("user", "postgres");
        info.put("password", ServerProcess.PASSWORD);
        return Objects.requireNonNull(new StrongroomDriver()
                .connect(
                        "jdbc:strongroom://127.0.0.1:" + server.port()
                                + "/postgres?sslmode=disable&columnEncryption=enabled&keyStoreLocation="
                                + folder.resolve("keys.p12") + "&keyStoreSecretFile=" + folder.resolve("secret") + more,
                        info));
    }

    /** Key administration writes a file without a database, database administration runs it without keys (AE-9, AE-18, AE-19). */
    @Test
    @Order(1)
    void rolesAreSeparateAndJoinedByAFile() throws Exception {
        Path file = folder.resolve("half.sql");
        ok("cmk create --name cmk1 --path app-key --bits 2048 --out " + file, store());
        assertThat(Files.readString(file)).contains("KEY_PATH = 'app-key'").doesNotContain("ENCRYPTED_VALUE");
        ok("apply", database(file.toString()));
        ok("cek create --name cek1 --cmk cmk1 --provider MSSQL_JAVA_KEYSTORE --path app-key --out " + file, store());
        ok("apply", database(file.toString()));
        ok("cek create --name cek2 --cmk cmk1", join(store(), database()));
        assertThat(ok("cmk list", database()).out()).contains("cmk1  MSSQL_JAVA_KEYSTORE  app-key  -> cek1, cek2");
        assertThat(ok("cmk sign --name cmk1 --path app-key", store()).out())
                .contains("ENCLAVE_COMPUTATIONS (SIGNATURE = 0x");
        assertThat(ok("cek create --dry-run --name cek9 --cmk cmk1", join(store(), database()))
                        .out())
                .contains("dry run");
        Files.writeString(file, "DROP TABLE people;\n");
        assertThat(keys("apply", database(file.toString())).err()).contains("something else than key statements");
    }

    private static String[] join(String[] first, String[] second) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(second));
        return all.toArray(String[]::new);
    }

    /** On the server's own machine the tool runs only when told (AE-150); misuse is exit code 2. */
    @Test
    @Order(2)
    void misuseIsRefused() {
        Answer same =
                keys("cmk list --user postgres --url", "jdbc:strongroom://localhost:" + server.port() + "/postgres");
        assertThat(same.code()).isEqualTo(2);
        assertThat(same.err()).contains("--allow-same-host");
        assertThat(keys("cmk create --name x --path y --bits 1024", store()).err())
                .contains("at least 2048 bits");
        assertThat(keys("verify --table none --column none", join(store(), database()))
                        .code())
                .isEqualTo(2);
        assertThat(keys("cmk").code()).isEqualTo(2);
        // What reads or writes rows needs keys and database at once: it has no half to put in a file (AE-153).
        assertThat(keys("column decrypt --table a --column b --out f", join(store(), database()))
                        .err())
                .contains("--out");
        assertThat(keys("verify --batch 0 --table a --column b", join(store(), database()))
                        .code())
                .isEqualTo(2);
    }

    /** Every command has a help text; all but the one that only shows something can be tried without effect (AE-150). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cmk create",
                "cmk list",
                "cmk sign",
                "cmk rotate start",
                "cmk rotate finish",
                "cek create",
                "cek rotate",
                "column encrypt",
                "column decrypt",
                "column reencrypt",
                "verify",
                "load",
                "unload",
                "export-metadata",
                "apply"
            })
    @Order(2)
    void everyCommandExplainsItself(String command) {
        Answer help = ok(command + " --help");
        assertThat(help.out()).contains("Usage: keys " + command);
        assertThat(help.out().contains("--dry-run")).isEqualTo(!command.equals("cmk list"));
    }

    /**
     * A column becomes encrypted while writers go on, and nothing plain stays in the pages; then it changes key and type, then
     * becomes plain (AE-151, AE-153, AE-154).
     */
    @Test
    @Order(3)
    void aColumnChangesItsEncryptionUnderWriters() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("CREATE TABLE people (id int PRIMARY KEY, ssn varchar(20) NOT NULL, n int)");
            statement.execute("INSERT INTO people SELECT g, 'ssn-' || g, g FROM generate_series(1, 3000) g");
        }
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Map<Integer, String>> writer = threads.submit(() -> write(stop));
            Answer encrypted;
            try {
                encrypted = keys(
                        "column encrypt --table people --column ssn --cek cek1 --type deterministic --batch 500",
                        join(store(), database()));
            } finally {
                stop.set(true);
            }
            assertThat(encrypted.code()).as(encrypted.out() + encrypted.err()).isZero();
            assertThat(encrypted.out())
                    .contains("ADD COLUMN sr_shadow_ssn character varying(20) ENCRYPTED WITH")
                    .contains("pass 1 ")
                    .contains("EXEC sp_clean_db_free_space")
                    .contains("log and backups from before still hold the values in plain");
            assertThat(values(writer.get().keySet())).isEqualTo(writer.get());
        }
        assertThat(inPages("ssn-")).as("plain values in the files of data").isEmpty();
        try (Connection connection = application();
                PreparedStatement query = connection.prepareStatement("SELECT id FROM people WHERE ssn = ?")) {
            query.setString(1, "ssn-2999");
            ResultSet row = query.executeQuery();
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(2999);
        }
        assertThat(server.psql("postgres", "insert into people (id) values (0);")
                        .output())
                .contains("violates not-null constraint");
        ok(
                "column reencrypt --table public.people --column ssn --cek cek2 --type randomized",
                join(store(), database()));
        assertThat(ok("verify --table people --column ssn", join(store(), database()))
                        .out())
                .contains("3000 cells opened, 0 did not");
        assertThat(ok("verify --dry-run --table people --column ssn", join(store(), database()))
                        .out())
                .contains("dry run: 3000 rows of public.people would be read");
    }

    /** A writer that only knows the plain column stops at the swap, as it must; until then its values arrive. */
    private static Map<Integer, String> write(AtomicBoolean stop) throws SQLException {
        Map<Integer, String> last = new TreeMap<>();
        int written = 0;
        try (Connection plain = server.connect("postgres");
                PreparedStatement update = plain.prepareStatement("UPDATE people SET ssn = ? WHERE id = ?")) {
            while (!stop.get()) {
                int id = 1 + written % 1000;
                update.setString(1, "new-" + written);
                update.setInt(2, id);
                update.executeUpdate();
                last.put(id, "new-" + written++);
            }
        } catch (SQLException swapped) {
            assertThat(swapped.getSQLState()).isIn("SR206", "42703", "42804", "0A000", "40001");
        }
        return last;
    }

    private static Map<Integer, String> values(Set<Integer> ids) throws SQLException {
        Map<Integer, String> values = new TreeMap<>();
        try (Connection connection = application();
                PreparedStatement query = connection.prepareStatement("SELECT id, ssn FROM people WHERE id > ?")) {
            query.setInt(1, 0);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                if (ids.contains(row.getInt(1))) {
                    values.put(row.getInt(1), row.getString(2));
                }
            }
        }
        return values;
    }

    /** Files that have a text in them; the log, of which the tool says that it has, is left out. */
    private List<Path> inPages(String text) throws IOException {
        server.psql("postgres", "CHECKPOINT");
        List<Path> files;
        try (Stream<Path> all = Files.walk(server.dataDirectory().resolve("db"))) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/log/"))
                    .toList();
        }
        List<Path> found = new ArrayList<>();
        for (Path file : files) {
            if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                found.add(file);
            }
        }
        return found;
    }

    /** A run that was killed after the swap: the next one erases what is left in plain (AE-154). */
    @Test
    @Order(4)
    void whatIsLeftInPlainIsErasedByTheNextRun() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("CREATE TABLE rest (id int PRIMARY KEY, sr_plain_pin text, pin text "
                    + KeyHolder.randomized("cek1") + ")");
            statement.execute(
                    "INSERT INTO rest (id, sr_plain_pin) SELECT g, 'pincode-' || g FROM generate_series(1, 300) g");
        }
        Answer erased = ok(
                "column encrypt --table rest --column pin --cek cek1 --type randomized --batch 70",
                join(store(), database()));
        assertThat(erased.out()).contains("going on with erasing", "DROP COLUMN sr_plain_pin");
        assertThat(server.psql("postgres", "SELECT * FROM rest LIMIT 1", "-XA").output())
                .startsWith("id|pin\n");
        assertThat(inPages("pincode-")).isEmpty();
    }

    /** What a killed run left is taken up: a shadow that is there already, and an index that is not finished (AE-151). */
    @Test
    @Order(4)
    void anInterruptedChangeGoesOn() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("CREATE TABLE notes (a int, b text, note text, PRIMARY KEY (a, b))");
            statement.execute("INSERT INTO notes SELECT g / 10, 'k' || g, 'note ' || g FROM generate_series(1, 500) g");
            statement.execute("ALTER TABLE notes ADD COLUMN sr_shadow_note text " + KeyHolder.randomized("cek1"));
            // The index that makes the last pass short was not finished.
            String todo = "sr_todo_" + Integer.toHexString("notes.note".hashCode());
            assertThatThrownBy(() -> statement.execute("CREATE UNIQUE INDEX CONCURRENTLY " + todo + " ON notes (a)"))
                    .hasMessageContaining("could not create unique index");
        }
        Answer other = keys(
                "column encrypt --table notes --column note --cek cek1 --type deterministic",
                join(store(), database()));
        assertThat(other.code()).isNotZero();
        assertThat(other.err()).contains("of an earlier run has another type or encryption");
        Answer change = ok(
                "column encrypt --table notes --column note --cek cek1 --type randomized --batch 7",
                join(store(), database()));
        assertThat(change.out()).contains("going on with the shadow");
        assertThat(ok("verify --table notes --column note", join(store(), database()))
                        .out())
                .contains("500 cells opened");
        ok("column decrypt --table notes --column note", join(store(), database()));
        assertThat(server.psql("postgres", "select count(*) from notes where note like 'note %';", "-At")
                        .output())
                .contains("500");
    }

    /** Cut off before any of its round trips, the next run goes on, and no value is lost (AE-151, AE-153). */
    @Test
    @Order(4)
    void aChangeIsTakenUpWhereverItWasCut() throws Exception {
        int cuts = 0;
        boolean whole = false;
        for (int at = 1; !whole; at += 4) {
            try (Connection plain = server.connect("postgres");
                    Statement statement = plain.createStatement();
                    WireTap tap = WireTap.before(server)) {
                statement.execute("DROP TABLE IF EXISTS cut");
                statement.execute("CREATE TABLE cut (id int PRIMARY KEY, word text NOT NULL)");
                statement.execute("INSERT INTO cut SELECT g, 'word ' || g FROM generate_series(1, 30) g");
                tap.cutAt(at);
                String[] cut = join(store(), database());
                for (int i = 0; i < cut.length; i++) {
                    cut[i] = cut[i].replace(":" + server.port() + "/", ":" + tap.port() + "/");
                }
                String change = "column encrypt --table cut --column word --cek cek1 --type randomized --batch 10";
                whole = keys(change, cut).code() == 0;
                if (!whole) {
                    cuts++;
                    Answer next = keys(change, join(store(), database()));
                    // Cut after its last statement there is nothing left to do.
                    assertThat(next.code() == 0 || next.err().contains("already"))
                            .as("cut at " + at + ": " + next.out() + next.err())
                            .isTrue();
                }
                try (Connection connection = application();
                        ResultSet rows =
                                connection.createStatement().executeQuery("SELECT word FROM cut ORDER BY id")) {
                    for (int id = 1; id <= 30; id++) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString(1)).as("cut at " + at).isEqualTo("word " + id);
                    }
                }
                ResultSet left = statement.executeQuery("SELECT string_agg(name, ' ' ORDER BY name) FROM sys.columns"
                        + " WHERE object_id = 'cut'::regclass");
                left.next();
                assertThat(left.getString(1)).as("columns after a cut at " + at).isEqualTo("id word");
            }
        }
        assertThat(cuts).isGreaterThan(5);
    }

    /** What would be lost with the column is named before anything happens. */
    @Test
    @Order(4)
    void whatHangsOnAColumnIsNotLost() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("CREATE TABLE hung (id int PRIMARY KEY, d text DEFAULT 'x', c text CHECK (c <> 'y'))");
        }
        for (String column : List.of("d", "c")) {
            Answer refused = keys(
                    "column encrypt --table hung --column " + column + " --cek cek1 --type randomized",
                    join(store(), database()));
            assertThat(refused.code()).isNotZero();
            assertThat(refused.err()).contains(column.equals("d") ? "a default" : "constraint hung_c_check");
        }
        Path smuggled = folder.resolve("smuggled.sql");
        Files.writeString(smuggled, "DROP COLUMN MASTER KEY nobody; DROP TABLE hung;");
        Answer apply = keys("apply", database(smuggled.toString()));
        assertThat(apply.code()).isNotZero();
        assertThat(apply.err()).contains("something else than key statements");
    }

    /** One changed bit is found, with the key of its row (AE-155, B-15). */
    @Test
    @Order(5)
    void verifyFindsOneFlippedBit() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            ResultSet row = statement.executeQuery("SELECT ssn FROM people WHERE id = 1234");
            row.next();
            byte[] cell = row.getBytes(1);
            cell[40] ^= 1;
            statement.execute("ALTER USER postgres WITH ALLOW_ENCRYPTED_VALUE_MODIFICATIONS = ON");
            statement.execute("SET strongroom.allow_encrypted_value_modifications = on");
            statement.execute("DELETE FROM people WHERE id = 1234");
            var copy = plain.unwrap(org.postgresql.PGConnection.class).getCopyAPI();
            copy.copyIn(
                    "COPY people (id, ssn, n) FROM STDIN",
                    new StringReader("1234\t\\\\x" + HexFormat.of().formatHex(cell) + "\t1\n"));
        }
        Answer verify = keys("verify --table people --column ssn", join(store(), database()));
        assertThat(verify.code()).as(verify.out() + verify.err()).isEqualTo(1);
        assertThat(verify.out()).contains("2999 cells opened, 1 did not").contains("first failure at key [1234]");
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("DELETE FROM people WHERE id = 1234");
        }
    }

    /**
     * The master key changes, no cell does, and clients with either key work in between (AE-152); then the column key,
     * under writers (AE-109, AE-153, B-8).
     */
    @Test
    @Order(6)
    void keysRotate() throws Exception {
        ok("cmk create --name cmk2 --path next-key --bits 2048", join(store(), database()));
        Answer start = ok("cmk rotate start --from cmk1 --to cmk2", join(store(), database()));
        assertThat(start.out()).contains("ALTER COLUMN ENCRYPTION KEY cek1 ADD VALUE (COLUMN_MASTER_KEY = cmk2");
        List<String> cells = cells();
        for (String only : List.of("app-key", "next-key")) {
            StrongroomDriver.clearCaches();
            assertThat(ok("verify --table people --column ssn", join(storeOf(only), database()))
                            .out())
                    .contains(" 0 did not");
        }
        ok("cmk rotate finish --drop --from cmk1", database());
        StrongroomDriver.clearCaches();
        assertThat(ok("verify --table people --column ssn", join(storeOf("next-key"), database()))
                        .out())
                .contains(" 0 did not");
        StrongroomDriver.clearCaches();
        assertThat(keys("verify --table people --column ssn", join(storeOf("app-key"), database()))
                        .err())
                .contains("no private key \"next-key\"");
        assertThat(cells()).as("no cell is touched").isEqualTo(cells);
        assertThat(keys("cmk rotate finish --from cmk2", database()).err()).contains("rotate start");
        ok("cek create --name cek3 --cmk cmk2", join(store(), database()));
        assertThat(rotatedUnderWriters("cek rotate --from cek2 --to cek3 --batch 200"))
                .contains("1 column(s)");
        assertThat(server.psql("postgres", "DROP COLUMN ENCRYPTION KEY cek2;").exitCode())
                .isZero();
        assertThat(ok("verify --table people --column ssn", join(store(), database()))
                        .out())
                .contains(" 0 did not");
    }

    /** The application of somebody whose key store has one of the master keys. */
    private static String[] storeOf(String alias) throws Exception {
        char[] secret = "opens the store".toCharArray();
        KeyStore all = KeyStore.getInstance(folder.resolve("keys.p12").toFile(), secret);
        for (String other : Collections.list(all.aliases())) {
            if (!other.equals(alias)) {
                all.deleteEntry(other);
            }
        }
        Path file = folder.resolve("only-" + alias + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            all.store(out, secret);
        }
        return new String[] {"-P", "keyStoreLocation=" + file, "-P", "keyStoreSecretFile=" + folder.resolve("secret")};
    }

    /** The cells as whoever has no key sees them. */
    private static List<String> cells() {
        return server.psql("postgres", "SELECT id, ssn FROM people ORDER BY id", "-At")
                .output()
                .lines()
                .toList();
    }

    /**
     * B-8 at a smaller scale: no statement of any writer fails, in transactions neither, and every value read is the one
     * last written (AE-153, decision A-4).
     */
    private static String rotatedUnderWriters(String command) throws Exception {
        int writers = 6;
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch running = new CountDownLatch(writers);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                all.add(threads.submit(() -> writeAndRead(writer, writers, stop, running)));
            }
            Answer answer;
            try {
                running.await();
                answer = keys(command, join(store(), database()));
                int before = ROUNDS.get();
                while (ROUNDS.get() < before + 100 * writers && all.stream().noneMatch(Future::isDone)) {
                    LockSupport.parkNanos(1_000_000);
                }
            } finally {
                stop.set(true);
            }
            for (Future<Integer> one : all) {
                assertThat(one.get()).isPositive();
            }
            assertThat(answer.code()).as(answer.out() + answer.err()).isZero();
            return answer.out();
        }
    }

    private static int writeAndRead(int writer, int writers, AtomicBoolean stop, CountDownLatch running)
            throws SQLException {
        boolean transactions = writer % 3 != 0;
        boolean savepoints = writer % 3 == 1;
        String[] written = new String[200];
        int round = 0;
        try (Connection connection = application(savepoints ? "&autosave=always" : "");
                PreparedStatement update =
                        connection.prepareStatement("UPDATE people SET ssn = ?, n = n WHERE id = ?");
                PreparedStatement query = connection.prepareStatement("SELECT ssn FROM people WHERE id = ?")) {
            connection.setAutoCommit(!transactions);
            for (; !stop.get(); round++) {
                int slot = round % written.length;
                int id = 2000 + slot * writers + writer;
                written[slot] = "w" + writer + "-" + round;
                update.setString(1, written[slot]);
                update.setInt(2, id <= 3000 ? id : id - 2000);
                update.executeUpdate();
                query.setInt(1, id <= 3000 ? id : id - 2000);
                try (ResultSet row = query.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getString(1)).isEqualTo(written[slot]);
                }
                if (transactions && (!savepoints || round % 3 == 2)) {
                    connection.commit();
                }
                running.countDown();
                ROUNDS.incrementAndGet();
            }
            if (transactions) {
                connection.commit();
            }
            return round;
        }
    }

    /** A CSV file arrives encrypted, all or nothing (AE-47, AE-158). */
    @Test
    @Order(7)
    void aCsvFileIsLoaded() throws Exception {
        Path csv = Files.writeString(
                folder.resolve("people.csv"),
                "id,ssn,n\n9001,\"a \"\"quoted\"\", text\",1\n9002,\"\",\n9003,Zürich,3\n");
        assertThat(ok("load --table people --file", join(new String[] {csv.toString()}, join(store(), database())))
                        .out())
                .contains("3 rows loaded");
        try (Connection connection = application();
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("SELECT ssn, n FROM people WHERE id > 9000 ORDER BY id")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("a \"quoted\", text");
            rows.next();
            assertThat(rows.getString(1)).isEmpty();
            assertThat(rows.getObject(2)).isNull();
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("Zürich");
        }
        Files.writeString(csv, "id,ssn,n\n9004,x,1\n9004,x,1\n");
        assertThat(keys("load --table people --file", join(new String[] {csv.toString()}, join(store(), database())))
                        .code())
                .isEqualTo(1);
        assertThat(server.psql("postgres", "select count(*) from people where id = 9004;", "-At")
                        .output())
                .contains("0");
    }

    /** All key DDL with ids and metadata versions, for a logical restore elsewhere (AE-46, AE-61, AE-160, decision A-8). */
    @Test
    @Order(8)
    void metadataIsExportedWithoutKeys() throws Exception {
        Path file = folder.resolve("keys.sql");
        ok("export-metadata --out " + file, database());
        assertThat(Files.readString(file))
                .contains("CREATE COLUMN MASTER KEY cmk2")
                .contains("CREATE COLUMN ENCRYPTION KEY cek3 WITH VALUES (COLUMN_MASTER_KEY = cmk2")
                .containsPattern("/\\* id \\d+, metadata version 0x[0-9a-f]{16} \\*/");
        server.psql("postgres", "create database elsewhere");
        String[] there = database(file.toString());
        there[1] = there[1].replace("/postgres?", "/elsewhere?");
        ok("apply", there);
        String values = "SELECT c.name, m.name, m.key_store_provider_name, m.key_path, m.signature, v.encrypted_value"
                + " FROM sys.column_encryption_key_values v JOIN sys.column_encryption_keys c"
                + " USING (column_encryption_key_id) JOIN sys.column_master_keys m USING (column_master_key_id)"
                + " ORDER BY 1, 2";
        assertThat(server.psql("elsewhere", values, "-At").output())
                .contains("cek3|cmk2|MSSQL_JAVA_KEYSTORE|next-key||\\x01")
                .isEqualTo(server.psql("postgres", values, "-At").output());
    }

    /** A table comes out decrypted as it went in, into a file of its owner's alone, or no file at all (AE-47). */
    @Test
    @Order(7)
    void aTableIsUnloadedAndLoadedAgain() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("CREATE TABLE round (id int PRIMARY KEY, word text " + KeyHolder.deterministic("cek1")
                    + ", pay numeric(9,2) " + KeyHolder.randomized("cek1") + ", n int)");
        }
        String text = """
                id,word,pay,n
                1,"comma, ""quote"" and
                line",12.50,
                2,"",,7
                3,,-0.01,8
                4,Zürich,1.00,9
                """;
        Path in = Files.writeString(folder.resolve("in.csv"), text);
        Path out = folder.resolve("out.csv");
        ok("load --table round --file " + in, join(store(), database()));
        assertThat(ok("unload --dry-run --table round --file " + out, join(store(), database()))
                        .out())
                .contains("SELECT * FROM round;");
        assertThat(out).doesNotExist();
        assertThat(ok("unload --table public.round --batch 2 --file " + out, join(store(), database()))
                        .out())
                .contains("4 rows written");
        assertThat(out).hasContent(text);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                .isEqualTo("rw-------");
        Answer again = keys("unload --table round --file " + out, join(store(), database()));
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("is there already");
        StrongroomDriver.clearCaches();
        Path none = folder.resolve("none.csv");
        Answer keyless = keys("unload --table round --file " + none, join(storeOf("app-key"), database()));
        assertThat(keyless.code()).isEqualTo(1);
        assertThat(none).doesNotExist();
        StrongroomDriver.clearCaches();
    }

    /** Verifying says of each master key whether its metadata is signed by it, where the key is at hand (AE-87, AE-150). */
    @Test
    @Order(9)
    void verifyChecksTheSignaturesOfMasterKeys() throws Exception {
        ok("cmk create --enclave --name signed --path signed-key --bits 2048", join(store(), database()));
        assertThat(server.psql(
                                "postgres",
                                "CREATE COLUMN MASTER KEY afar WITH (KEY_STORE_PROVIDER_NAME = 'PEM_FILE', KEY_PATH ="
                                        + " 'x', ENCLAVE_COMPUTATIONS (SIGNATURE = 0xabcd));")
                        .exitCode())
                .isZero();
        Answer right = ok("verify --table round --column word", join(store(), database()));
        assertThat(right.out())
                .contains("master key cmk2: not signed")
                .contains("master key signed: the signature of its metadata is right")
                .contains(
                        "master key afar: the signature of its metadata was not checked: key store provider PEM_FILE");
        for (String forged : List.of("ab".repeat(256), "abcd")) {
            server.psql(
                    "postgres",
                    "CREATE COLUMN MASTER KEY forged WITH (KEY_STORE_PROVIDER_NAME = 'MSSQL_JAVA_KEYSTORE', KEY_PATH ="
                            + " 'signed-key', ENCLAVE_COMPUTATIONS (SIGNATURE = 0x" + forged + "));");
            Answer wrong = keys("verify --table round --column word", join(store(), database()));
            assertThat(wrong.code()).as(wrong.out() + wrong.err()).isEqualTo(1);
            assertThat(wrong.out())
                    .contains("master key forged: THE SIGNATURE OF ITS METADATA IS WRONG")
                    .contains(" 0 did not");
            server.psql("postgres", "DROP COLUMN MASTER KEY forged;");
        }
    }
}
