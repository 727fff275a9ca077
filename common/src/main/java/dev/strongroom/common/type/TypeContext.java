package dev.strongroom.common.type;

import dev.strongroom.common.datetime.PgTimeZone;

/**
 * The session's settings that decide how values read and print. Immutable; a session makes a new one when a setting changes
 * or a transaction starts.
 *
 * @param byteaHex {@code bytea_output = hex}
 * @param nowMicros start of the transaction, microseconds since 2000-01-01 UTC: what {@code 'now'} and {@code 'today'} mean
 */
public record TypeContext(
        DateStyle dateStyle,
        DateOrder dateOrder,
        IntervalStyle intervalStyle,
        PgTimeZone timeZone,
        int extraFloatDigits,
        boolean byteaHex,
        long nowMicros,
        RegNames regNames) {

    /** PostgreSQL's defaults with time zone UTC, and no names for {@code reg*}. */
    public static final TypeContext DEFAULT = new TypeContext(
            DateStyle.ISO, DateOrder.MDY, IntervalStyle.POSTGRES, PgTimeZone.UTC, 1, true, 0, RegNames.NUMBERS_ONLY);

    public TypeContext withDateStyle(DateStyle style, DateOrder order) {
        return new TypeContext(style, order, intervalStyle, timeZone, extraFloatDigits, byteaHex, nowMicros, regNames);
    }

    public TypeContext withIntervalStyle(IntervalStyle style) {
        return new TypeContext(dateStyle, dateOrder, style, timeZone, extraFloatDigits, byteaHex, nowMicros, regNames);
    }

    public TypeContext withTimeZone(PgTimeZone zone) {
        return new TypeContext(
                dateStyle, dateOrder, intervalStyle, zone, extraFloatDigits, byteaHex, nowMicros, regNames);
    }

    public TypeContext withExtraFloatDigits(int digits) {
        return new TypeContext(dateStyle, dateOrder, intervalStyle, timeZone, digits, byteaHex, nowMicros, regNames);
    }

    public TypeContext withByteaHex(boolean hex) {
        return new TypeContext(
                dateStyle, dateOrder, intervalStyle, timeZone, extraFloatDigits, hex, nowMicros, regNames);
    }

    public TypeContext withNowMicros(long micros) {
        return new TypeContext(
                dateStyle, dateOrder, intervalStyle, timeZone, extraFloatDigits, byteaHex, micros, regNames);
    }

    public TypeContext withRegNames(RegNames names) {
        return new TypeContext(
                dateStyle, dateOrder, intervalStyle, timeZone, extraFloatDigits, byteaHex, nowMicros, names);
    }
}
