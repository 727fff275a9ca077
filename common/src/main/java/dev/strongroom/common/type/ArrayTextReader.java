package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.PgArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one array literal: {@code [2:3]={1,NULL}}, {@code {{"a b",c},{d,"e\"f"}}}. Used once. */
final class ArrayTextReader {
    private static final int MAX_DIMENSIONS = 6;
    private final PgType elementType;
    private final String text;
    private final TypeContext context;
    private final TypeCodec codec;
    private final List<@Nullable Object> elements = new ArrayList<>();
    private final int[] lengths = new int[MAX_DIMENSIONS];
    private int depthOfElements = -1;
    private int at;

    ArrayTextReader(PgType elementType, String text, TypeContext context) {
        this.elementType = elementType;
        this.text = text;
        this.context = context;
        this.codec = TypeCodecs.of(elementType);
        Arrays.fill(lengths, -1);
    }

    PgArray read() {
        skipSpace();
        List<int[]> bounds = readBounds();
        skipSpace();
        if (peek() != '{') {
            throw malformed(
                    bounds.isEmpty()
                            ? "Array value must start with \"{\" or dimension information."
                            : "Array contents must start with \"{\".");
        }
        readDimension(0);
        skipSpace();
        if (at < text.length()) {
            throw malformed("Junk after closing right brace.");
        }
        int dimensions = depthOfElements + 1;
        if (elements.isEmpty()) {
            return PgArray.empty(elementType);
        }
        int[] dims = Arrays.copyOf(lengths, dimensions);
        int[] lower = new int[dimensions];
        Arrays.fill(lower, 1);
        if (!bounds.isEmpty()) {
            applyBounds(bounds, dims, lower);
        }
        return new PgArray(elementType, dims, lower, elements.toArray());
    }

    private void applyBounds(List<int[]> bounds, int[] dims, int[] lower) {
        if (bounds.size() != dims.length) {
            throw malformed("Specified array dimensions do not match array contents.");
        }
        for (int i = 0; i < dims.length; i++) {
            if (bounds.get(i)[1] - bounds.get(i)[0] + 1 != dims[i]) {
                throw malformed("Specified array dimensions do not match array contents.");
            }
            lower[i] = bounds.get(i)[0];
        }
    }

    private List<int[]> readBounds() {
        List<int[]> bounds = new ArrayList<>();
        while (peek() == '[') {
            at++;
            if (bounds.size() == MAX_DIMENSIONS) {
                throw ArrayCodec.tooManyDimensions(bounds.size() + 1);
            }
            int low = 1;
            int high = readBound();
            if (peek() == ':') {
                at++;
                low = high;
                high = readBound();
            }
            if (peek() != ']') {
                throw malformed("Missing \"]\" in array dimensions.");
            }
            at++;
            if (high < low) {
                throw new DatabaseException(
                        ErrorCode.ARRAY_SUBSCRIPT_ERROR, "upper bound cannot be less than lower bound");
            }
            bounds.add(new int[] {low, high});
            skipSpace();
        }
        if (!bounds.isEmpty()) {
            if (peek() != '=') {
                throw malformed("Missing \"=\" after array dimensions.");
            }
            at++;
        }
        return bounds;
    }

    private int readBound() {
        int start = at;
        if (peek() == '-' || peek() == '+') {
            at++;
        }
        while (Character.isDigit(peek())) {
            at++;
        }
        try {
            return Integer.parseInt(text, start, at, 10);
        } catch (NumberFormatException missing) {
            throw malformed("\"[\" must introduce explicitly-specified array dimensions.");
        }
    }

    private void readDimension(int depth) {
        if (depth >= MAX_DIMENSIONS) {
            throw ArrayCodec.tooManyDimensions(depth + 1);
        }
        at++;
        int count = 0;
        skipSpace();
        if (peek() == '}') {
            at++;
            if (depth > 0) {
                throw malformed("Unexpected \"}\" character.");
            }
            lengths[depth] = Math.max(0, lengths[depth]);
            return;
        }
        while (true) {
            skipSpace();
            if (peek() == '{') {
                if (depthOfElements >= 0 && depth >= depthOfElements) {
                    throw malformed("Unexpected \"{\" character.");
                }
                readDimension(depth + 1);
            } else {
                if (depthOfElements >= 0 && depthOfElements != depth) {
                    throw malformed("Multidimensional arrays must have sub-arrays with matching dimensions.");
                }
                depthOfElements = depth;
                readElement();
            }
            count++;
            skipSpace();
            char c = peek();
            at++;
            if (c == '}') {
                break;
            }
            if (c != ',') {
                throw malformed(at > text.length() ? "Unexpected end of input." : "Unexpected array element.");
            }
        }
        if (lengths[depth] < 0) {
            lengths[depth] = count;
        } else if (lengths[depth] != count) {
            throw malformed("Multidimensional arrays must have sub-arrays with matching dimensions.");
        }
    }

    private void readElement() {
        StringBuilder value = new StringBuilder();
        if (peek() == '"') {
            at++;
            while (peek() != '"') {
                if (at >= text.length()) {
                    throw malformed("Unexpected end of input.");
                }
                if (peek() == '\\') {
                    at++;
                }
                if (at >= text.length()) {
                    throw malformed("Unexpected end of input.");
                }
                value.append(text.charAt(at++));
            }
            at++;
            add(value.toString());
            return;
        }
        boolean escaped = false;
        int significant = 0;
        while (at < text.length() && ",{}\"".indexOf(text.charAt(at)) < 0) {
            char c = text.charAt(at++);
            if (c == '\\') {
                if (at >= text.length()) {
                    throw malformed("Unexpected end of input.");
                }
                c = text.charAt(at++);
                escaped = true;
                value.append(c);
                significant = value.length();
            } else {
                value.append(c);
                if (!Texts.isSpace(c)) {
                    significant = value.length();
                }
            }
        }
        if (at >= text.length()) {
            throw malformed("Unexpected end of input.");
        }
        if (significant == 0) {
            throw malformed("Unexpected \"" + text.charAt(at) + "\" character.");
        }
        if (text.charAt(at) == '"') {
            throw malformed("Unexpected array element.");
        }
        if (text.charAt(at) == '{') {
            throw malformed("Unexpected \"{\" character.");
        }
        value.setLength(significant);
        String word = value.toString();
        if (!escaped && word.equalsIgnoreCase("NULL")) {
            elements.add(null);
        } else {
            add(word);
        }
    }

    private void add(String value) {
        elements.add(codec.parseBoxed(value, context));
    }

    private void skipSpace() {
        while (at < text.length() && Texts.isSpace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private DatabaseException malformed(String detail) {
        return ErrorReport.error(ErrorCode.INVALID_TEXT_REPRESENTATION, "malformed array literal: \"" + text + "\"")
                .withDetail(detail)
                .exception();
    }
}
