package dev.strongroom.server.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.file.ForwardingFile;
import dev.strongroom.common.file.ForwardingFiles;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.file.DiskFiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a server whose disk fails says, and what is there when it is started again. */
final class LastWordTest {
    @TempDir
    Path directory;

    private final AtomicBoolean broken = new AtomicBoolean();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ServerAssembly.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(log);
    }

    /** A disk that syncs nothing any more once it is broken. */
    private final class FailingFiles extends ForwardingFiles {
        private final String prefix;

        FailingFiles(StorageFiles files, String prefix) {
            super(files);
            this.prefix = prefix;
        }

        @Override
        public StorageFile open(String path) {
            return new FailingFile(files.open(path), prefix + path);
        }

        @Override
        public StorageFile create(String path) {
            return new FailingFile(files.create(path), prefix + path);
        }

        @Override
        protected StorageFile wrap(StorageFile file) {
            return file;
        }

        @Override
        public StorageFiles below(String folder) {
            return new FailingFiles(files.below(folder), prefix + folder + '/');
        }
    }

    private final class FailingFile extends ForwardingFile {
        private final String path;

        FailingFile(StorageFile file, String path) {
            super(file);
            this.path = path;
        }

        @Override
        public void sync() {
            if (broken.get()) {
                throw new DatabaseException(
                        ErrorCode.IO_ERROR, "could not fsync file \"" + path + "\": Input/output error");
            }
            file.sync();
        }
    }

    private ServerSettings settings() {
        Map<String, String> given = new HashMap<>();
        given.put(ServerSettings.DATA.name(), directory.resolve("data").toString());
        given.put(ServerSettings.HOST.name(), "127.0.0.1");
        given.put(ServerSettings.PORT.name(), "0");
        given.put(ServerSettings.HTTP_PORT.name(), "0");
        given.put(ServerSettings.BUFFER_POOL.name(), "64MB");
        return SettingsSources.read(given, Optional.empty(), Map.of());
    }

    private ServerAssembly start(StorageFiles files) {
        ServerAssembly server = ServerAssembly.start(settings(), new SimpleMeterRegistry(), files);
        server.announce(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        return server;
    }

    private Connection connect(ServerAssembly server) throws IOException, SQLException {
        String password =
                Files.readString(directory.resolve("data-initial-password")).strip();
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?sslmode=require", "postgres", password);
    }

    private List<String> said(Level level) {
        return log.list.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** The server's own threads in this process. */
    private static Set<Thread> workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sr-"))
                .collect(Collectors.toSet());
    }

    @Test
    void aFailedSyncEndsTheServerWithAClearLastWord() throws Exception {
        Set<Thread> before = workers();
        DiskFiles disk = new DiskFiles(directory.resolve("data"));
        try (ServerAssembly server = start(new FailingFiles(disk, ""));
                Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id int PRIMARY KEY)");
            statement.execute("INSERT INTO t VALUES (1)");
            broken.set(true);
            assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (2)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P02", "08006"));
            assertThat(server.awaitStop()).isEqualTo(ExitCode.DEFECTS_FOUND);
        }
        // Every database lets go of its files, threads and keys, whatever failed in the others.
        assertThat(workers()).isSubsetOf(before);
        String why = "the database has stopped: could not fsync file \"db/5/log/";
        assertThat(said(Level.ERROR)).hasSize(2);
        assertThat(said(Level.ERROR).getFirst()).startsWith("the server stops, because " + why);
        assertThat(log.list.getLast().getFormattedMessage())
                .isEqualTo(said(Level.ERROR).getLast())
                .startsWith("shut down, because " + why)
                .contains("Input/output error. See to the disk, then start the server again")
                .endsWith("nothing that was acknowledged is lost.");
        assertThat(log.list).allMatch(event -> event.getThrowableProxy() == null || event.getLevel() == Level.DEBUG);

        broken.set(false);
        try (ServerAssembly server = start(disk);
                Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM t WHERE id = 1")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void namesOfFilesAreThoseBelowTheDataDirectory() {
        DiskFiles disk = new DiskFiles(directory);
        assertThatThrownBy(() -> disk.below("db/7").below("log").open("0001.seg"))
                .hasMessage("could not open file \"db/7/log/0001.seg\": No such file or directory");
    }
}
