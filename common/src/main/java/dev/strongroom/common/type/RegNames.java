package dev.strongroom.common.type;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How {@code reg*} types turn names into OIDs and back: implemented by whoever has a catalog and a search path. */
public interface RegNames {
    /** Knows no name: {@code reg*} values are numbers. */
    RegNames NUMBERS_ONLY = new RegNames() {
        @Override
        public @Nullable String name(PgType regType, long oid) {
            return null;
        }

        @Override
        public OptionalLong oid(PgType regType, String name) {
            return OptionalLong.empty();
        }
    };

    /** Text form of an OID, qualified and quoted as needed; null where the object does not exist. */
    @Nullable
    String name(PgType regType, long oid);

    /** OID of a name as written; may throw its own error, empty gives the type's usual "does not exist". */
    OptionalLong oid(PgType regType, String name);
}
