package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.NoWait;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Looks for one expression in one text. Java's matcher goes back over its choices, in the worst case exponentially often, and
 * recurses; so reading the text counts: after some characters the search leaves threads that may not wait, looks whether the
 * statement was cancelled, and where the stack ends it is an error of the expression. One thread.
 */
final class RegexMatcher {
    private final Matcher matcher;

    RegexMatcher(Call call, String text, String expression, String flags) {
        matcher = RegularExpressions.compile(expression, flags)
                .matcher(new WatchedText(text, call.session().cancel()));
    }

    /** Starts at an offset, with anchors still meaning the whole text's ends. */
    RegexMatcher from(int offset) {
        matcher.region(offset, matcher.regionEnd()).useAnchoringBounds(false);
        return this;
    }

    boolean find() {
        try {
            return matcher.find();
        } catch (StackOverflowError e) {
            throw tooComplex();
        }
    }

    boolean find(int offset) {
        try {
            return matcher.find(offset);
        } catch (StackOverflowError e) {
            throw tooComplex();
        }
    }

    private static DatabaseException tooComplex() {
        return new DatabaseException(
                ErrorCode.INVALID_REGULAR_EXPRESSION, "regular expression failed: regular expression is too complex");
    }

    int groupCount() {
        return matcher.groupCount();
    }

    String group() {
        return matcher.group();
    }

    @Nullable
    String group(int number) {
        return matcher.group(number);
    }

    int start() {
        return matcher.start();
    }

    int start(int group) {
        return matcher.start(group);
    }

    int end() {
        return matcher.end();
    }

    int end(int group) {
        return matcher.end(group);
    }

    /** The text, counting how often it is looked at. */
    private static final class WatchedText implements CharSequence {
        private static final int LOOKS = 1 << 16;

        private final String text;
        private final CancelFlag cancel;
        private int looks;

        WatchedText(String text, CancelFlag cancel) {
            this.text = text;
            this.cancel = cancel;
        }

        @Override
        public char charAt(int index) {
            if (++looks == LOOKS) {
                looks = 0;
                NoWait.check();
                cancel.check();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
