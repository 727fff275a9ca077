package dev.strongroom.common.datetime;

import dev.strongroom.common.type.ByteSink;
import dev.strongroom.common.type.DateOrder;
import dev.strongroom.common.type.DateStyle;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.TimeTz;

/** Text of dates and times in the four date styles. */
public final class DateTimeText {
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    private static final String[] DAYS = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

    private DateTimeText() {}

    public static void writeDate(long day, TypeContext context, ByteSink sink) {
        if (day == Calendar.DATE_INFINITY || day == Calendar.DATE_MINUS_INFINITY) {
            sink.writeAscii(day > 0 ? "infinity" : "-infinity");
            return;
        }
        long civil = Calendar.civil(day);
        int year = Calendar.year(civil);
        int shown = year > 0 ? year : 1 - year;
        int month = Calendar.month(civil);
        int dayOfMonth = Calendar.dayOfMonth(civil);
        switch (context.dateStyle()) {
            case ISO -> {
                padded(shown, 4, sink);
                sink.writeByte('-');
                padded(month, 2, sink);
                sink.writeByte('-');
                padded(dayOfMonth, 2, sink);
            }
            case SQL -> numericDate(context, '/', shown, month, dayOfMonth, sink);
            case POSTGRES -> numericDate(context, '-', shown, month, dayOfMonth, sink);
            case GERMAN -> germanDate(shown, month, dayOfMonth, sink);
        }
        writeEra(year, sink);
    }

    private static void numericDate(TypeContext context, char dash, int year, int month, int day, ByteSink sink) {
        boolean dayFirst = context.dateOrder() == DateOrder.DMY;
        padded(dayFirst ? day : month, 2, sink);
        sink.writeByte(dash);
        padded(dayFirst ? month : day, 2, sink);
        sink.writeByte(dash);
        padded(year, 4, sink);
    }

    private static void germanDate(int year, int month, int day, ByteSink sink) {
        padded(day, 2, sink);
        sink.writeByte('.');
        padded(month, 2, sink);
        sink.writeByte('.');
        padded(year, 4, sink);
    }

    private static void writeEra(int year, ByteSink sink) {
        if (year <= 0) {
            sink.writeAscii(" BC");
        }
    }

    public static void writeTime(long micros, ByteSink sink) {
        padded((int) (micros / Calendar.MICROS_PER_HOUR), 2, sink);
        sink.writeByte(':');
        padded((int) (micros / Calendar.MICROS_PER_MINUTE % 60), 2, sink);
        sink.writeByte(':');
        padded((int) (micros / Calendar.MICROS_PER_SECOND % 60), 2, sink);
        writeFraction((int) (micros % Calendar.MICROS_PER_SECOND), sink);
    }

    public static void writeTimeTz(TimeTz value, ByteSink sink) {
        writeTime(value.micros(), sink);
        writeOffset(value.offsetSeconds(), sink);
    }

    public static void writeTimestamp(long micros, TypeContext context, ByteSink sink) {
        if (!writeInfinity(micros, sink)) {
            writeLocal(micros, micros, false, context, sink);
        }
    }

    public static void writeTimestampTz(long utcMicros, TypeContext context, ByteSink sink) {
        if (!writeInfinity(utcMicros, sink)) {
            writeLocal(context.timeZone().toLocal(utcMicros), utcMicros, true, context, sink);
        }
    }

    private static boolean writeInfinity(long micros, ByteSink sink) {
        if (!Calendar.isInfinite(micros)) {
            return false;
        }
        sink.writeAscii(micros > 0 ? "infinity" : "-infinity");
        return true;
    }

    private static void writeLocal(long local, long utc, boolean zoned, TypeContext context, ByteSink sink) {
        long dayNumber = Math.floorDiv(local, Calendar.MICROS_PER_DAY);
        long time = Math.floorMod(local, Calendar.MICROS_PER_DAY);
        long civil = Calendar.civil(dayNumber);
        int year = Calendar.year(civil);
        int shown = year > 0 ? year : 1 - year;
        int month = Calendar.month(civil);
        int day = Calendar.dayOfMonth(civil);
        DateStyle style = context.dateStyle();
        switch (style) {
            case ISO -> {
                padded(shown, 4, sink);
                sink.writeByte('-');
                padded(month, 2, sink);
                sink.writeByte('-');
                padded(day, 2, sink);
            }
            case SQL -> numericDate(context, '/', shown, month, day, sink);
            case GERMAN -> germanDate(shown, month, day, sink);
            case POSTGRES -> {
                boolean dayFirst = context.dateOrder() == DateOrder.DMY;
                sink.writeAscii(DAYS[Calendar.dayOfWeek(dayNumber)]);
                sink.writeByte(' ');
                if (dayFirst) {
                    padded(day, 2, sink);
                    sink.writeByte(' ');
                }
                sink.writeAscii(MONTHS[month - 1]);
                if (!dayFirst) {
                    sink.writeByte(' ');
                    padded(day, 2, sink);
                }
            }
        }
        sink.writeByte(' ');
        writeTime(time, sink);
        if (style == DateStyle.POSTGRES) {
            sink.writeByte(' ');
            padded(shown, 4, sink);
        }
        if (zoned) {
            writeZone(utc, context, sink);
        }
        writeEra(year, sink);
    }

    private static void writeZone(long utc, TypeContext context, ByteSink sink) {
        if (context.dateStyle() == DateStyle.ISO) {
            writeOffset(context.timeZone().offsetAt(utc), sink);
            return;
        }
        sink.writeByte(' ');
        sink.writeAscii(context.timeZone().abbreviation(utc));
    }

    /** {@code +hh[:mm[:ss]]}. */
    static void writeOffset(int seconds, ByteSink sink) {
        int magnitude = Math.abs(seconds);
        sink.writeByte(seconds < 0 ? '-' : '+');
        padded(magnitude / 3600, 2, sink);
        if (magnitude % 3600 != 0) {
            sink.writeByte(':');
            padded(magnitude / 60 % 60, 2, sink);
        }
        if (magnitude % 60 != 0) {
            sink.writeByte(':');
            padded(magnitude % 60, 2, sink);
        }
    }

    /** {@code .123} without trailing zeros; nothing for zero. */
    static void writeFraction(int micros, ByteSink sink) {
        if (micros == 0) {
            return;
        }
        sink.writeByte('.');
        int rest = micros;
        for (int power = 100_000; rest > 0; power /= 10) {
            sink.writeByte('0' + rest / power);
            rest %= power;
        }
    }

    static void padded(int value, int width, ByteSink sink) {
        int power = 1;
        for (int i = 1; i < width; i++) {
            power *= 10;
        }
        for (; value < power && power > 1; power /= 10) {
            sink.writeByte('0');
        }
        sink.writeDecimal(value);
    }
}
