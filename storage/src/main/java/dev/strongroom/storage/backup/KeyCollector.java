package dev.strongroom.storage.backup;

import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.boot.BootFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The wrapped keys a backup needs: every version that one of its pages or log segments names, however keys rotate meanwhile. */
final class KeyCollector {
    private final BootFile boot;
    private final TreeMap<Integer, WrappedDek> keys = new TreeMap<>();

    KeyCollector(BootFile boot) {
        this.boot = boot;
        refresh();
    }

    /** Takes over what the boot record has now. Of a version that was wrapped anew the newest wrap counts. */
    void refresh() {
        boot.current().encryption().keys().forEach(key -> keys.put(key.keyVersion(), key));
    }

    /** Whether the key of a version is there; 0 needs none. */
    boolean has(int version) {
        if (version != 0 && !keys.containsKey(version)) {
            refresh();
        }
        return version == 0 || keys.containsKey(version);
    }

    /** A log segment brings its own, which counts where the boot record no longer has the version. */
    void addFromSegment(byte[] encoded) {
        WrappedDek.decode(ByteBuffer.wrap(encoded)).ifPresent(key -> keys.putIfAbsent(key.keyVersion(), key));
    }

    List<WrappedDek> all() {
        return new ArrayList<>(keys.values());
    }
}
