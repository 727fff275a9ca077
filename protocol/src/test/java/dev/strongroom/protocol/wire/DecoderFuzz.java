package dev.strongroom.protocol.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/**
 * Fuzz target: any bytes, in any pieces, before or after authentication, give messages and never an exception, and nothing
 * stays behind once the stream is unreadable. Run by a fuzzer through {@link #fuzzerTestOneInput}, replayed over the corpus
 * by {@code DecoderCorpusTest}, and run shortly over random input by {@code DecoderSmokeTest}.
 */
public final class DecoderFuzz {
    private static final byte[] STARTUP = {0, 0, 0, 17, 0, 3, 0, 0, 'u', 's', 'e', 'r', 0, 'a', 0, 0, 0};

    private DecoderFuzz() {}

    /** First byte: bit 0 skips authentication, the rest is the size of the pieces. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        FrontendDecoder decoder = new FrontendDecoder(WireLimits.DEFAULT);
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        if ((input[0] & 1) != 0) {
            byte[] packet = STARTUP.clone();
            packet[3] = (byte) packet.length;
            channel.writeInbound(Unpooled.wrappedBuffer(java.util.Arrays.copyOf(packet, packet.length)));
            decoder.authenticated();
        }
        int piece = Math.max(1, (input[0] & 0xff) >> 1);
        boolean unreadable = false;
        for (int at = 1; at < input.length; at += piece) {
            int length = Math.min(piece, input.length - at);
            channel.writeInbound(Unpooled.copiedBuffer(input, at, length));
            for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
                if (unreadable && !(message instanceof FrontendMessage.Unreadable)) {
                    throw new AssertionError("decoded " + message + " after the stream became unreadable");
                }
                unreadable |= message instanceof FrontendMessage.Unreadable;
            }
        }
        channel.finishAndReleaseAll();
    }
}
