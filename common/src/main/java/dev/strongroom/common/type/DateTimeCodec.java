package dev.strongroom.common.type;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.DateTimeText;
import dev.strongroom.common.datetime.DateTimes;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;

/** {@code date}, {@code time}, {@code timestamp}, {@code timestamptz}. */
final class DateTimeCodec extends LongCodec {
    private enum Kind {
        DATE,
        TIME,
        TIMESTAMP,
        TIMESTAMPTZ
    }

    private final Kind kind;

    DateTimeCodec(PgType type) {
        super(type);
        kind = switch (type.name()) {
            case "date" -> Kind.DATE;
            case "time" -> Kind.TIME;
            case "timestamp" -> Kind.TIMESTAMP;
            default -> Kind.TIMESTAMPTZ;
        };
    }

    @Override
    public long parseLong(String text, TypeContext context) {
        return switch (kind) {
            case DATE -> DateTimes.parseDate(text, context);
            case TIME -> DateTimes.parseTime(text, context);
            case TIMESTAMP -> DateTimes.parseTimestamp(text, context);
            case TIMESTAMPTZ -> DateTimes.parseTimestampTz(text, context);
        };
    }

    @Override
    public void writeText(long value, TypeContext context, ByteSink sink) {
        switch (kind) {
            case DATE -> DateTimeText.writeDate(value, context, sink);
            case TIME -> DateTimeText.writeTime(value, sink);
            case TIMESTAMP -> DateTimeText.writeTimestamp(value, context, sink);
            case TIMESTAMPTZ -> DateTimeText.writeTimestampTz(value, context, sink);
        }
    }

    @Override
    public long readBinary(BinaryInput input, TypeContext context) {
        if (kind == Kind.DATE) {
            int day = input.readInt();
            boolean infinite = day == Calendar.DATE_INFINITY || day == Calendar.DATE_MINUS_INFINITY;
            if (!infinite && !Calendar.isDate(day)) {
                throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "date out of range");
            }
            return day;
        }
        long micros = input.readLong();
        if (kind == Kind.TIME) {
            if (micros < 0 || micros > Calendar.MICROS_PER_DAY) {
                throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "time out of range");
            }
        } else if (!Calendar.isInfinite(micros) && !Calendar.isTimestamp(micros)) {
            throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "timestamp out of range");
        }
        return micros;
    }

    @Override
    public void writeBinary(long value, TypeContext context, ByteSink sink) {
        if (kind == Kind.DATE) {
            sink.writeInt((int) value);
        } else {
            sink.writeLong(value);
        }
    }
}
