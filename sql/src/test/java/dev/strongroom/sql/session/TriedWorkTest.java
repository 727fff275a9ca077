package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is tried without waiting stands or is taken back, and leaves no trace of the trying. */
final class TriedWorkTest {
    private final TestingServer server = new TestingServer();
    private final TestingServer.Client client = server.connect();

    @BeforeEach
    void inATransaction() {
        client.run("create table t (a int primary key)");
        client.run("begin");
        client.run("insert into t values (1)");
    }

    private void tryQuery(String sql) {
        client.session().beginTry();
        NoWait trying = new NoWait();
        trying.begin(true);
        try {
            client.session().simpleQuery(sql, client);
        } finally {
            trying.end();
        }
    }

    @Test
    void whatStandsLeavesNoSavepointBehind() {
        tryQuery("insert into t values (2)");
        assertThat(server.savepoints()).isEqualTo(1);
        client.session().keepTry();
        assertThat(server.savepoints()).isZero();
        assertThat(client.query("select a from t order by a")).containsExactly("1", "2");
    }

    @Test
    void afterAnErrorTheBlockHasFailed() {
        assertThatThrownBy(() -> tryQuery("insert into t values (1)")).isInstanceOf(DatabaseException.class);
        client.session().keepTry();
        client.run("rollback");
        assertThat(client.query("select a from t")).isEmpty();
    }

    @Test
    void whatWouldBlockIsTakenBackAlone() {
        assertThatThrownBy(() -> tryQuery("insert into t values (2), (length(repeat('x', 1000000)))"))
                .isInstanceOf(WouldBlock.class);
        client.session().undoTry();
        assertThat(client.query("select a from t")).containsExactly("1");
    }
}
