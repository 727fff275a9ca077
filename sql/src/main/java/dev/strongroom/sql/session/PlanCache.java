package dev.strongroom.sql.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.SqlTextParser.ParsedText;
import dev.strongroom.sql.plan.PreparedPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parsed texts and plans, shared by all sessions (calcite-guide 3.2, decision P-9). Thread-safe. */
final class PlanCache {
    private static final int MAX_TEXT_CHARACTERS = 16_384;
    private static final long MAX_CHARACTERS = 16L << 20;

    private final Cache<String, ParsedText> texts = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARACTERS)
            .weigher((String text, ParsedText parsed) -> text.length() + 64)
            .build();
    private final Cache<Key, PreparedPlan> plans = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARACTERS)
            .weigher((Key key, PreparedPlan plan) -> key.text.length() + 1_024)
            .build();

    /** Normalised texts whose literals must stay, with the catalog version that said so. */
    private final Cache<String, Long> notLiftable = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARACTERS / 4)
            .weigher((String text, Long version) -> text.length() + 64)
            .build();

    boolean liftable(String text, long catalogVersion) {
        Long refused = notLiftable.getIfPresent(text);
        return refused == null || refused != catalogVersion;
    }

    void refuseLifting(String text, long catalogVersion) {
        notLiftable.put(text, catalogVersion);
    }

    /**
     * What a plan depends on.
     *
     * @param catalogVersion unique in the process, so it names the database too
     * @param schemas resolved search path
     * @param types settings by which literals are read
     * @param text whole text
     * @param start offset of the statement in it
     */
    record Key(
            int databaseOid,
            long catalogVersion,
            List<Integer> schemas,
            String types,
            List<Integer> parameterOids,
            String text,
            int start) {}

    ParsedText parse(String text) {
        if (text.length() > MAX_TEXT_CHARACTERS) {
            NoWait.check();
            return SqlTextParser.parseText(text);
        }
        ParsedText parsed = texts.getIfPresent(text);
        if (parsed == null) {
            NoWait.check();
            parsed = SqlTextParser.parseText(text);
            texts.put(text, parsed);
        }
        return parsed;
    }

    @Nullable
    PreparedPlan plan(Key key) {
        return plans.getIfPresent(key);
    }

    void put(Key key, PreparedPlan plan) {
        if (key.text.length() <= MAX_TEXT_CHARACTERS) {
            plans.put(key, plan);
        }
    }

    void clear() {
        plans.invalidateAll();
    }
}
