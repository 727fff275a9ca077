package dev.strongroom.client.jdbc;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.value.Untyped;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.TimestampUtils;
import org.postgresql.util.PGobject;

/**
 * One call of a setter, kept until it is known whether the parameter is encrypted, and its value in one of the forms
 * that {@link dev.strongroom.client.value.PlainValues} takes.
 *
 * @param setter the method of the interface
 * @param arguments with the parameter's index first
 */
record Binding(Method setter, @Nullable Object[] arguments) {
    /** A binding whose stream, if it has one, is already read: a stream is read once and may be needed twice. */
    static Binding of(Method setter, @Nullable Object[] arguments) throws SQLException {
        if (isStream(arguments)) {
            @Nullable Object[] copy = arguments.clone();
            copy[1] = materialised(setter.getName(), Objects.requireNonNull(arguments[1]), limit(arguments));
            return new Binding(setter, copy);
        }
        return new Binding(setter, arguments);
    }

    static boolean isStream(@Nullable Object[] arguments) {
        return arguments[1] instanceof InputStream || arguments[1] instanceof Reader;
    }

    private static long limit(@Nullable Object[] arguments) {
        return arguments.length > 2 && arguments[2] instanceof Number length ? length.longValue() : Long.MAX_VALUE;
    }

    private static Object materialised(String setter, Object stream, long limit) throws SQLException {
        int count = (int) Math.min(limit, Integer.MAX_VALUE - 8);
        try {
            if (stream instanceof InputStream bytes) {
                byte[] all = bytes.readNBytes(count);
                return setter.equals("setAsciiStream")
                        ? new String(all, StandardCharsets.US_ASCII)
                        : setter.equals("setUnicodeStream") ? new String(all, StandardCharsets.UTF_8) : all;
            }
            StringWriter text = new StringWriter();
            ((Reader) stream).transferTo(text);
            String all = text.toString();
            return all.length() > count ? all.substring(0, count) : all;
        } catch (IOException e) {
            throw new SQLException("cannot read the stream of a parameter", "22000", e);
        }
    }

    /** The parameter's index, from 1. */
    int index() {
        return (Integer) Objects.requireNonNull(arguments[0]);
    }

    /** Whether the statement's parameter is SQL NULL. */
    boolean isNull() {
        return setter.getName().equals("setNull")
                || arguments[1] == null
                || arguments[1] instanceof PGobject object && object.getValue() == null;
    }

    /** The value, free of JDBC's own classes. */
    Object value(TimestampUtils texts) throws SQLException {
        Object value = arguments[1];
        if (value == null) {
            throw new IllegalStateException("NULL has no value");
        }
        int targetType = targetType();
        return switch (value) {
            case Timestamp timestamp
            when targetType == Types.DATE -> moment(timestamp).toLocalDate();
            case Timestamp timestamp
            when targetType == Types.TIME -> moment(timestamp).toLocalTime();
            case Timestamp timestamp -> new Untyped(moment(timestamp), texts.toString(calendar(), timestamp));
            case java.sql.Time time -> new Untyped(moment(time).toLocalTime(), texts.toString(calendar(), time));
            case java.sql.Date date -> new Untyped(moment(date).toLocalDate(), texts.toString(calendar(), date));
            case Date date -> moment(new Timestamp(date.getTime()));
            case Calendar calendar ->
                ZonedDateTime.ofInstant(
                        calendar.toInstant(), calendar.getTimeZone().toZoneId());
            case Blob blob -> blob.getBytes(1, (int) blob.length());
            case Clob clob -> clob.getSubString(1, (int) clob.length());
            case SQLXML xml -> xml.getString();
            case PGobject object -> new Untyped(String.valueOf(object.getValue()), String.valueOf(object.getValue()));
            case String text when targetType == Types.OTHER && arguments.length > 2 -> new Untyped(text, text);
            case Character one -> one.toString();
            case Enum<?> constant -> constant.name();
            default -> converted(value, targetType);
        };
    }

    private int targetType() {
        if (!setter.getName().equals("setObject") || arguments.length < 3) {
            return Types.OTHER;
        }
        return arguments[2] instanceof Integer type
                ? type
                : arguments[2] instanceof SQLType type ? type.getVendorTypeNumber() : Types.OTHER;
    }

    /** What {@code setObject} with a type makes of a value before it is sent. */
    private Object converted(Object value, int targetType) throws ColumnEncryptionException {
        switch (targetType) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.DECIMAL -> {
                Object number = value instanceof Boolean flag ? (flag ? 1 : 0) : value;
                boolean exact = targetType == Types.NUMERIC || targetType == Types.DECIMAL;
                if (exact && arguments.length > 3 && number instanceof BigDecimal decimal) {
                    return decimal.setScale((Integer) Objects.requireNonNull(arguments[3]), RoundingMode.HALF_UP);
                }
                return number;
            }
            case Types.BOOLEAN, Types.BIT -> {
                return value instanceof Number number ? truth(number) : value;
            }
            case Types.DATE -> {
                return value instanceof LocalDateTime local ? local.toLocalDate() : value;
            }
            default -> {
                return value;
            }
        }
    }

    private static Boolean truth(Number number) throws ColumnEncryptionException {
        BigInteger whole =
                number instanceof BigDecimal decimal ? decimal.toBigInteger() : BigInteger.valueOf(number.longValue());
        if (!whole.equals(BigInteger.ZERO) && !whole.equals(BigInteger.ONE)) {
            throw new ColumnEncryptionException(Reason.VALUE_UNSUITABLE, "cannot cast the number to boolean");
        }
        return whole.equals(BigInteger.ONE);
    }

    private @Nullable Calendar calendar() {
        return arguments.length > 2 && arguments[2] instanceof Calendar calendar ? calendar : null;
    }

    /** What the calendar of the call shows for a moment, in the old calendar before 1582 as pgjdbc writes it. */
    private ZonedDateTime moment(Date value) {
        Calendar given = calendar();
        Calendar calendar = given == null ? new GregorianCalendar(Locale.ROOT) : (Calendar) given.clone();
        calendar.setTimeInMillis(value.getTime());
        int year = calendar.get(Calendar.ERA) == GregorianCalendar.BC
                ? 1 - calendar.get(Calendar.YEAR)
                : calendar.get(Calendar.YEAR);
        LocalDate date = LocalDate.of(year, calendar.get(Calendar.MONTH) + 1, 1)
                .plusDays(calendar.get(Calendar.DAY_OF_MONTH) - 1L);
        int nanos = value instanceof Timestamp timestamp
                ? timestamp.getNanos()
                : calendar.get(Calendar.MILLISECOND) * 1_000_000;
        LocalTime time = LocalTime.of(
                calendar.get(Calendar.HOUR_OF_DAY),
                calendar.get(Calendar.MINUTE),
                calendar.get(Calendar.SECOND),
                nanos);
        ZoneId offset = ZoneOffset.ofTotalSeconds(
                (calendar.get(Calendar.ZONE_OFFSET) + calendar.get(Calendar.DST_OFFSET)) / 1000);
        return ZonedDateTime.of(date, time, offset);
    }

    @Override
    public String toString() {
        return setter.getName() + "(" + arguments[0] + ", …)";
    }
}
