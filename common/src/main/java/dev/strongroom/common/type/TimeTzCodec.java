package dev.strongroom.common.type;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.DateTimeText;
import dev.strongroom.common.datetime.DateTimes;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.TimeTz;

/** {@code timetz}; on the wire the offset counts west. */
final class TimeTzCodec extends RefCodec<TimeTz> {
    private static final int MAX_OFFSET_SECONDS = 16 * 3600;

    TimeTzCodec() {
        super(PgType.TIMETZ, TimeTz.class);
    }

    @Override
    public TimeTz parseRef(String text, TypeContext context) {
        return DateTimes.parseTimeTz(text, context);
    }

    @Override
    public void writeTextRef(TimeTz value, TypeContext context, ByteSink sink) {
        DateTimeText.writeTimeTz(value, sink);
    }

    @Override
    public TimeTz readBinaryRef(BinaryInput input, TypeContext context) {
        long micros = input.readLong();
        if (micros < 0 || micros > Calendar.MICROS_PER_DAY) {
            throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "time out of range");
        }
        int west = input.readInt();
        if (west <= -MAX_OFFSET_SECONDS || west >= MAX_OFFSET_SECONDS) {
            throw new DatabaseException(
                    ErrorCode.INVALID_TIME_ZONE_DISPLACEMENT_VALUE, "time zone displacement out of range");
        }
        return new TimeTz(micros, -west);
    }

    @Override
    public void writeBinaryRef(TimeTz value, TypeContext context, ByteSink sink) {
        sink.writeLong(value.micros());
        sink.writeInt(-value.offsetSeconds());
    }
}
