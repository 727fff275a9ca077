package dev.strongroom.common.type;

import dev.strongroom.common.datetime.IntervalDecoder;
import dev.strongroom.common.datetime.IntervalText;
import dev.strongroom.common.value.Interval;

/** {@code interval}: int64 microseconds, int32 days, int32 months on the wire. */
final class IntervalCodec extends RefCodec<Interval> {
    IntervalCodec() {
        super(PgType.INTERVAL, Interval.class);
    }

    @Override
    public Interval parseRef(String text, TypeContext context) {
        return IntervalDecoder.parse(text, -1, context.intervalStyle());
    }

    @Override
    public void writeTextRef(Interval value, TypeContext context, ByteSink sink) {
        IntervalText.write(value, context.intervalStyle(), sink);
    }

    @Override
    public Interval readBinaryRef(BinaryInput input, TypeContext context) {
        long micros = input.readLong();
        int days = input.readInt();
        return new Interval(input.readInt(), days, micros);
    }

    @Override
    public void writeBinaryRef(Interval value, TypeContext context, ByteSink sink) {
        sink.writeLong(value.micros());
        sink.writeInt(value.days());
        sink.writeInt(value.months());
    }
}
