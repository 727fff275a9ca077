package dev.strongroom.testkit.random;

import java.nio.file.Path;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Base of tests that use chance. The seed is {@code -Dstrongroom.seed=…} ({@code random} draws one), else fixed by the test's
 * name, so that the suite is the same every time; a failure prints the command that repeats it.
 */
public abstract class SeededTest {
    private static final ThreadLocal<ArrayDeque<Runnable>> ENDINGS = ThreadLocal.withInitial(ArrayDeque::new);

    private long seed;
    private SeededRandomness random = new SeededRandomness(0);

    @RegisterExtension
    final TestWatcher watcher = new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
            System.err.println(repeat(
                            context.getRequiredTestClass().getSimpleName() + "#"
                                    + context.getRequiredTestMethod().getName(),
                            seed)
                    + " " + faults());
        }
    };

    @BeforeEach
    final void drawSeed(TestInfo info) {
        String property = System.getProperty("strongroom.seed", "");
        if (property.equals("random")) {
            seed = new java.security.SecureRandom().nextLong();
        } else if (!property.isEmpty()) {
            seed = Long.parseLong(property);
        } else {
            seed = info.getTestMethod().map(m -> m.toString().hashCode()).orElse(1);
        }
        random = new SeededRandomness(seed);
    }

    /** The one command that repeats a test with a seed, to be entered at the top of the source tree. */
    public static String repeat(String test, long seed) {
        // A module's tests run in its folder.
        Path module = Path.of("").toAbsolutePath().getFileName();
        return "repeat: mvn -Dquick -pl " + module + " -am test -Dtest='" + test
                + "' -Dsurefire.failIfNoSpecifiedTests=false -Dstrongroom.seed=" + seed;
    }

    /** Something to do when the test this thread runs is over: threads it left behind keep all they ever reached. */
    public static void atEnd(Runnable ending) {
        ENDINGS.get().add(ending);
    }

    @AfterEach
    final void end() {
        endAll();
    }

    /** Ends what this thread left behind up to now; for tests with many lives in one method. */
    public static void endAll() {
        ArrayDeque<Runnable> left = ENDINGS.get();
        for (Runnable ending = left.poll(); ending != null; ending = left.poll()) {
            ending.run();
        }
    }

    protected final long seed() {
        return seed;
    }

    protected final SeededRandomness random() {
        return random;
    }

    /** Faults injected so far, for the failure's line. */
    protected String faults() {
        return "";
    }
}
