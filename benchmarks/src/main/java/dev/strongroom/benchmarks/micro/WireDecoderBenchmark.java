package dev.strongroom.benchmarks.micro;

import dev.strongroom.protocol.wire.FrontendDecoder;
import dev.strongroom.protocol.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Decoding of what a driver sends for a prepared point query: Bind, Describe, Execute, Sync. Time per message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WireDecoderBenchmark {
    private static final int MESSAGES = 4;

    private EmbeddedChannel channel;
    private ByteBuf pipeline;

    @Setup
    public void prepare() {
        FrontendDecoder decoder = new FrontendDecoder(WireLimits.DEFAULT);
        channel = new EmbeddedChannel(decoder);
        ByteBuf startup = Unpooled.buffer();
        byte[] parameters = "user\0postgres\0\0".getBytes(StandardCharsets.UTF_8);
        startup.writeInt(8 + parameters.length).writeInt(196608).writeBytes(parameters);
        channel.writeInbound(startup);
        channel.readInbound();
        decoder.authenticated();
        pipeline = Unpooled.buffer();
        byte[] statement = "S_1\0".getBytes(StandardCharsets.UTF_8);
        pipeline.writeByte('B').writeInt(4 + 1 + statement.length + 2 + 2 + 2 + 4 + 4 + 2);
        pipeline.writeByte(0).writeBytes(statement).writeShort(1).writeShort(1);
        pipeline.writeShort(1).writeInt(4).writeInt(42).writeShort(0);
        pipeline.writeByte('D').writeInt(6).writeByte('P').writeByte(0);
        pipeline.writeByte('E').writeInt(9).writeByte(0).writeInt(0);
        pipeline.writeByte('S').writeInt(4);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void decodePipeline(Blackhole sink) {
        channel.writeInbound(pipeline.retainedDuplicate());
        for (int i = 0; i < MESSAGES; i++) {
            Object message = channel.readInbound();
            sink.consume(message);
        }
    }
}
