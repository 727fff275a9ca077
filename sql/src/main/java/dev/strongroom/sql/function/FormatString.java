package dev.strongroom.sql.function;

import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import org.jspecify.annotations.Nullable;

/** One call of {@code format}: {@code %[position$][-][width]type}. */
final class FormatString {
    private final Call call;
    private final @Nullable Object[] arguments;
    private final String format;
    private final StringBuilder result = new StringBuilder();
    private int at;
    private int nextArgument = 1;

    FormatString(Call call, @Nullable Object[] arguments) {
        this.call = call;
        this.arguments = arguments;
        this.format = Arguments.text(arguments, 0);
    }

    String run() {
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%') {
                result.append(c);
            } else if (peek() == '%') {
                result.append('%');
                at++;
            } else {
                specifier();
            }
        }
        return result.toString();
    }

    private char peek() {
        if (at >= format.length()) {
            throw ErrorReport.error(ErrorCode.INVALID_PARAMETER_VALUE, "unterminated format() type specifier")
                    .withHint("For a single \"%\" use \"%%\".")
                    .exception();
        }
        return format.charAt(at);
    }

    private void specifier() {
        int position = 0;
        int width = 0;
        boolean left = false;
        int start = at;
        int number = number();
        if (number >= 0 && peek() == '$') {
            at++;
            position = number;
            if (position == 0) {
                throw new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "format specifies argument 0, but arguments are numbered from 1");
            }
        } else {
            at = start;
        }
        if (peek() == '-') {
            left = true;
            at++;
        }
        if (peek() == '*') {
            at++;
            Object value = argument(0);
            width = value instanceof Long wide ? (int) (long) wide : 0;
            if (width < 0) {
                left = true;
                width = -width;
            }
        } else {
            width = Math.max(0, number());
        }
        char type = peek();
        at++;
        append(type, position, width, left);
    }

    private int number() {
        int value = -1;
        while (Character.isDigit(peek())) {
            value = Math.max(value, 0) * 10 + (peek() - '0');
            at++;
        }
        return value;
    }

    private @Nullable Object argument(int position) {
        int index = position == 0 ? nextArgument : position;
        nextArgument = index + 1;
        if (index >= arguments.length) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "too few arguments for format()");
        }
        return arguments[index];
    }

    private void append(char type, int position, int width, boolean left) {
        if (type != 's' && type != 'I' && type != 'L') {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE, "unrecognized format() type specifier \"" + type + "\"")
                    .withHint("For a single \"%\" use \"%%\".")
                    .exception();
        }
        Object value = argument(position);
        String text = value == null ? "" : TextFunctions.output(call, arguments, nextArgument - 1);
        if (type == 'I') {
            if (value == null) {
                throw new DatabaseException(
                        ErrorCode.NULL_VALUE_NOT_ALLOWED, "null values cannot be formatted as an SQL identifier");
            }
            text = Identifiers.quote(text);
        } else if (type == 'L') {
            text = value == null ? "NULL" : Strings.quoteLiteral(text);
        }
        result.append(
                left
                        ? Strings.padRight(text, Math.max(width, text.length()), " ")
                        : Strings.padLeft(text, Math.max(width, text.length()), " "));
    }
}
