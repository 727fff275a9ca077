package dev.strongroom.protocol.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.protocol.wire.FrontendMessage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class MessageInboxTest {
    private static final int MESSAGES = 200_000;

    @Test
    @Timeout(60)
    void readingGoesOnHoweverPauseAndResumeMeet() throws InterruptedException {
        MessageInbox inbox = new MessageInbox();
        AtomicBoolean reading = new AtomicBoolean(true);
        FrontendMessage message = new FrontendMessage.Sync();
        Thread taker = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < MESSAGES; i++) {
                inbox.take(() -> reading.set(true));
            }
        });
        for (int i = 0; i < MESSAGES; i++) {
            while (!reading.get()) {
                Thread.onSpinWait();
            }
            inbox.put(message, () -> reading.set(false));
        }
        taker.join();
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(reading).isTrue();
    }
}
