package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Statements of our own with the answers PostgreSQL 15 gives: columns with their types, rows, notices, tags, errors with SQLSTATE,
 * detail and hint. A line that begins with {@code > } is part of a statement, the others are its answer; {@code > \session b}
 * goes on as another connection.
 */
class AnswersTest {
    private static final String STATEMENT = "> ";
    private static final String SESSION = "\\session ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "defaults",
                "deferred",
                "expression-indexes",
                "foreign-keys-kept-snapshot",
                "grouping",
                "jsonb",
                "privileges",
                "statements"
            })
    void answersAreThoseOfPostgres(String name) throws IOException {
        String recorded = recorded(name);
        assertThat(replay(recorded)).isEqualTo(recorded);
    }

    private static String recorded(String name) throws IOException {
        try (InputStream in = AnswersTest.class.getResourceAsStream("answers/" + name + ".txt")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String replay(String recorded) {
        TestingServer server = new TestingServer();
        Map<String, TestingServer.Client> clients = new HashMap<>();
        String current = "a";
        StringBuilder transcript = new StringBuilder();
        for (String statement : statements(recorded)) {
            transcript.append(statement
                    .indent(0)
                    .replaceAll("(?m)^", STATEMENT)
                    .stripTrailing()
                    .concat("\n"));
            if (statement.startsWith(SESSION)) {
                current = statement.substring(SESSION.length());
                continue;
            }
            TestingServer.Client client = clients.computeIfAbsent(current, ignored -> server.connect());
            client.answer(statement).forEach(line -> transcript.append(line).append('\n'));
        }
        return transcript.toString();
    }

    private static List<String> statements(String recorded) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : recorded.split("\n", -1)) {
            if (line.startsWith(STATEMENT)) {
                statement.append(statement.isEmpty() ? "" : "\n").append(line.substring(STATEMENT.length()));
                if (line.endsWith(";") || line.startsWith(STATEMENT + "\\")) {
                    statements.add(statement.toString());
                    statement.setLength(0);
                }
            }
        }
        return statements;
    }
}
