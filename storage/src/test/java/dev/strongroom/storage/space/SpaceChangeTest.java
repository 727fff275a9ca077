package dev.strongroom.storage.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.tree.MemoryStorage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a change of space does where memory and bitmap disagree, as they do once a disk has lost the bitmap's last write. */
class SpaceChangeTest {
    private final MemoryStorage storage = new MemoryStorage(1 << 20);
    private final SpaceAllocator space = storage.format();

    private void change(Consumer<SpaceChange> what) {
        RecordWriter record = new RecordWriter();
        try (SpaceChange change = space.change()) {
            what.accept(change);
            record.begin(RecordKind.SPACE, 0, 0, 0, false);
            change.describe(record);
            change.logged(record.record(storage.append(record)));
        }
    }

    private long allocate() {
        long[] page = new long[1];
        change(change -> page[0] = change.allocate(-1));
        return page[0];
    }

    private void assertRefused(String message, Consumer<SpaceChange> what) {
        long end = storage.endLsn();
        byte[] bitmap = storage.body(0);
        assertThatThrownBy(() -> change(what))
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        found -> assertThat(found.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
        assertThat(storage.endLsn()).isEqualTo(end);
        assertThat(storage.body(0)).isEqualTo(bitmap);
    }

    @Test
    void whatTheBitmapHasFreeIsNotFreedAgain() {
        long page = allocate();
        change(change -> change.free(page));
        assertRefused("page " + page + " is to be freed but is free already", change -> change.free(page));
        assertThat(space.isTaken(page)).isFalse();
        assertThat(allocate()).isEqualTo(page);
    }

    @Test
    void whatTheBitmapHasInUseIsNotHandedOut() {
        long page = allocate();
        space.giveBack(page);
        assertRefused("page " + page + " is to be used but is in use already", change -> change.allocate(-1));
    }

    @Test
    void nothingIsFreedTwiceInOneChange() {
        long page = allocate();
        assertRefused("page " + page + " is to be freed but is free already", change -> {
            change.free(page);
            change.free(page);
        });
        change(change -> change.free(page));
        assertThat(space.isTaken(page)).isFalse();
    }
}
