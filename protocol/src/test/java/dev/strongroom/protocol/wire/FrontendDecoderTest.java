package dev.strongroom.protocol.wire;

import static dev.strongroom.protocol.wire.ClientMessages.message;
import static dev.strongroom.protocol.wire.ClientMessages.startup;
import static dev.strongroom.protocol.wire.ClientMessages.startupPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class FrontendDecoderTest {
    private final FrontendDecoder decoder = new FrontendDecoder(WireLimits.DEFAULT);
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    private List<FrontendMessage> decode(ByteBuf... input) {
        channel.writeInbound((Object[]) input);
        List<FrontendMessage> messages = new ArrayList<>();
        for (FrontendMessage next = channel.readInbound(); next != null; next = channel.readInbound()) {
            messages.add(next);
        }
        return messages;
    }

    private void becomeReady() {
        decode(startup("user", "alice"));
        decoder.authenticated();
    }

    private static String reason(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.Unreadable unreadable ->
                unreadable.error().code().sqlState() + " "
                        + unreadable.error().report().message();
            case FrontendMessage.Malformed malformed ->
                malformed.type() + " " + malformed.error().code().sqlState() + " "
                        + malformed.error().report().message();
            default -> message.toString();
        };
    }

    @Test
    void readsNegotiationAndStartup() {
        // 00 00 00 08  04 D2 16 2F
        assertThat(decode(startupPacket(80877103))).containsExactly(new FrontendMessage.SslRequest());
        // 00 00 00 08  04 D2 16 30
        assertThat(decode(startupPacket(80877104))).containsExactly(new FrontendMessage.GssEncRequest());
        assertThat(decode(startup("user", "alice", "database", "d")))
                .containsExactly(new FrontendMessage.Startup(3, 0, Map.of("user", "alice", "database", "d")));
    }

    @Test
    void readsACancelRequest() {
        // 00 00 00 10  04 D2 16 2E  process id  secret
        assertThat(decode(startupPacket(80877102, 1234, -5)))
                .containsExactly(new FrontendMessage.CancelRequest(1234, -5));
    }

    @Test
    void keepsTheMinorVersionForNegotiation() {
        assertThat(decode(startupPacket((3 << 16) + 2, "user", "a", (byte) 0)))
                .containsExactly(new FrontendMessage.Startup(3, 2, Map.of("user", "a")));
    }

    @Test
    void refusesBadStartupPackets() {
        assertThat(reason(decode(Unpooled.buffer().writeInt(1 << 30)).getFirst()))
                .isEqualTo("08P01 invalid length of startup packet");
        assertThat(reason(fresh(Unpooled.buffer().writeInt(4)))).isEqualTo("08P01 invalid length of startup packet");
        assertThat(reason(fresh(Unpooled.buffer().writeInt(10_001)))).contains("invalid length of startup packet");
        assertThat(reason(fresh(startupPacket(2 << 16))))
                .isEqualTo("0A000 unsupported frontend protocol 2.0: server supports 3.0 to 3.0");
        assertThat(reason(fresh(startupPacket(3 << 16, "user", "a")))).contains("expected terminator as last byte");
    }

    private static FrontendMessage fresh(ByteBuf input) {
        EmbeddedChannel other = new EmbeddedChannel(new FrontendDecoder(WireLimits.DEFAULT));
        other.writeInbound(input);
        return Objects.requireNonNull(other.readInbound());
    }

    @Test
    void onlyAuthenticationMessagesComeBeforeAuthentication() {
        decode(startup("user", "alice"));
        assertThat(decode(message('p', new byte[] {1, 2}))).hasOnlyElementsOfType(FrontendMessage.Authentication.class);
        assertThat(reason(decode(message('Q', "select 1")).getFirst()))
                .isEqualTo("08P01 expected password response, got message type 81");
        assertThat(decode(message('p', new byte[] {1})))
                .as("nothing is decoded after that")
                .isEmpty();
    }

    @Test
    void aGigabyteBeforeAuthenticationIsRefusedFromItsFiveBytes() {
        decode(startup("user", "alice"));
        // 'p' 40 00 00 00
        assertThat(reason(decode(Unpooled.buffer().writeByte('p').writeInt(1 << 30))
                        .getFirst()))
                .isEqualTo("08P01 invalid message length");
    }

    @Test
    void readsTheExtendedProtocolInAnyPieces() {
        becomeReady();
        ByteBuf all = Unpooled.wrappedBuffer(
                message('P', "s", "select $1", (short) 1, 23),
                message('B', "p", "s", (short) 1, (short) 1, (short) 2, 4, 7, -1, (short) 1, (short) 1),
                message('D', (byte) 'S', "s"),
                message('E', "p", 10),
                message('C', (byte) 'P', "p"),
                message('H'),
                message('S'));
        List<FrontendMessage> messages = new ArrayList<>();
        while (all.isReadable()) {
            messages.addAll(decode(all.readBytes(1)));
        }
        assertThat(messages).hasSize(7);
        FrontendMessage.Parse parse = (FrontendMessage.Parse) messages.get(0);
        assertThat(parse.parameterOids()).containsExactly(23);
        FrontendMessage.Bind bind = (FrontendMessage.Bind) messages.get(1);
        assertThat(bind.values()[0]).containsExactly(0, 0, 0, 7);
        assertThat(bind.values()[1]).isNull();
        assertThat(bind.resultFormats()).containsExactly((short) 1);
        assertThat(messages.subList(2, 7))
                .containsExactly(
                        new FrontendMessage.Describe(true, "s"),
                        new FrontendMessage.Execute("p", 10),
                        new FrontendMessage.Close(false, "p"),
                        new FrontendMessage.Flush(),
                        new FrontendMessage.Sync());
    }

    @Test
    void malformedBodiesAreReportedAndTheStreamGoesOn() {
        becomeReady();
        List<FrontendMessage> messages = decode(
                message('Q', new byte[] {'x'}),
                message('B', "p", "s", (short) 0, (short) 1, 1000, (short) 0),
                message('B', "p", "s", (short) 2, (short) 0, (short) 0, (short) 1, -1, (short) 0),
                message('B', "p", "s", (short) 1, (short) 9, (short) 0, (short) 0),
                message('P', "s", "t", (short) 30000),
                message('D', (byte) 'X', "s"),
                message('S', (byte) 1),
                message('Q', new byte[] {(byte) 0xff, 0}),
                message('Q', "select 1"));
        assertThat(messages.stream().map(FrontendDecoderTest::reason))
                .containsExactly(
                        "Q 08P01 invalid string in message",
                        "B 08P01 insufficient data left in message",
                        "B 08P01 bind message has 2 parameter formats but 1 parameters",
                        "B 22023 unsupported format code: 9",
                        "P 08P01 insufficient data left in message",
                        "D 08P01 invalid DESCRIBE message subtype 88",
                        "S 08P01 invalid message format",
                        "Q 22021 invalid byte sequence for encoding \"UTF8\": 0xff",
                        "Query[text=select 1]");
    }

    @Test
    void unknownTypesAndLengthsEndTheStream() {
        becomeReady();
        assertThat(reason(decode(Unpooled.buffer().writeByte('?')).getFirst()))
                .isEqualTo("08P01 invalid frontend message type 63");
        assertThat(decode(message('Q', "select 1"))).isEmpty();
    }

    @Test
    void smallMessagesMayNotBeLarge() {
        becomeReady();
        assertThat(reason(decode(Unpooled.buffer().writeByte('S').writeInt(100_000))
                        .getFirst()))
                .isEqualTo("08P01 invalid message length");
    }
}
