package dev.strongroom.storage.page;

import dev.strongroom.storage.page.PageManifest.Sum;
import java.util.List;
import java.util.TreeSet;

/** Adds up the tags of all pages on the disk, a piece at a time, while batches go on in between, and compares (TDE-519). */
public final class ManifestAudit {
    private final ManifestKeeper keeper;

    ManifestAudit(ManifestKeeper keeper) {
        this.keeper = keeper;
        keeper.startAudit();
    }

    /** The sums as they were kept, and as the pages add up to. */
    public record Outcome(List<Sum> kept, List<Sum> found) {
        /** Key versions whose pages are not those last written: some were put back to an older state. */
        public TreeSet<Integer> mismatches() {
            TreeSet<Integer> versions = new TreeSet<>();
            kept.stream()
                    .filter(sum -> !found.contains(sum))
                    .map(Sum::keyVersion)
                    .forEach(versions::add);
            found.stream()
                    .filter(sum -> !kept.contains(sum))
                    .map(Sum::keyVersion)
                    .forEach(versions::add);
            return versions;
        }
    }

    /** Takes the next pages; only between batches. True when all have been seen; then {@link #end} follows at once. */
    public boolean step(int pages) {
        return keeper.audit(pages);
    }

    /** Ends the audit, in the same pause as its last step. */
    public Outcome end() {
        return keeper.endAudit();
    }
}
