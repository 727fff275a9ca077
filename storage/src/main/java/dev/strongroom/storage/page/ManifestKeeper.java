package dev.strongroom.storage.page;

import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the sums of {@link PageManifest} in step with what is written: each page of a batch leaves with the tag it had and comes
 * back with its new one. Batches and growth take turns at the lock. Thread-safe.
 */
final class ManifestKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestKeeper.class);

    private final Protection protection;
    private final InPlacePageStore store;
    private final PageSums sums;
    private final byte[] piece = new byte[PageSums.TRAILER_BYTES];
    private long covered;
    private @Nullable PageSums audited;
    private long auditPosition;
    private int warned;

    ManifestKeeper(Protection protection, InPlacePageStore store) {
        this.protection = protection;
        this.store = store;
        this.sums = new PageSums(protection.keys());
    }

    /** Goes on from what the page journal says. */
    synchronized void begin(PageManifest stored) {
        sums.set(stored.sums());
        covered = stored.pageCount();
        KeyVersion target = protection.keys().all().stream()
                .filter(key -> key.algorithm() == DekAlgorithm.TRIPLE_DES_3KEY)
                .max((a, b) -> Integer.compare(a.number(), b.number()))
                .orElse(null);
        if (target != null) {
            target.resumeTripleDesPages(stored.tripleDesPages());
        }
    }

    /** Pages below {@code count} exist, none beyond; what the log says may differ from what the last batch knew. */
    synchronized void cover(long count) {
        if (covered < count) {
            // Read first, then add: a read that fails must leave the sums as they were.
            byte[] tags = new byte[keyed() ? Math.toIntExact((count - covered) * piece.length) : 0];
            for (int at = 0; at < tags.length; at += piece.length) {
                store.readTag(covered + at / piece.length, piece);
                System.arraycopy(piece, 0, tags, at, piece.length);
            }
            for (int at = 0; at < tags.length; at += piece.length) {
                sums.add(covered + at / piece.length, tags, at);
            }
            covered = count;
        }
        while (covered > count) {
            covered--;
            if (keyed()) {
                store.readTag(covered, piece);
                sums.subtract(covered, piece, 0);
            }
        }
    }

    private boolean keyed() {
        return protection.keys().any();
    }

    /**
     * Exchanges the terms of a protected batch, before it is written.
     *
     * @return the manifest as of the batch's end
     */
    synchronized PageManifest replace(PageBatch batch, long sequence) {
        if (keyed()) {
            for (int i = 0; i < batch.size(); i++) {
                replace(batch, i, sums);
                PageSums other = audited;
                if (other != null && batch.page(i) < auditPosition) {
                    replace(batch, i, other);
                }
            }
        }
        warnIfDue();
        return now(sequence);
    }

    private void warnIfDue() {
        KeyVersion target = protection.target();
        if (target != null && target.number() != warned && target.regenerationDue()) {
            warned = target.number();
            LOG.warn(
                    "key version {} has sealed {} pages with 3DES: use ALTER DATABASE ENCRYPTION KEY REGENERATE",
                    target.number(),
                    target.tripleDesPages());
        }
    }

    private void replace(PageBatch batch, int index, PageSums in) {
        long page = batch.page(index);
        int former = batch.formerVersion(index);
        if (former == PageBatch.UNKNOWN) {
            store.readTag(page, piece);
            in.subtract(page, piece, 0);
        } else {
            in.subtract(page, former, batch.formerTag(index), 0);
        }
        in.add(page, batch.image(index), PageLayout.TAG);
    }

    synchronized PageManifest now(long sequence) {
        KeyVersion target = protection.target();
        long tripleDesPages = target == null ? 0 : target.tripleDesPages();
        return new PageManifest(sequence, covered, tripleDesPages, sums.toList());
    }

    synchronized void startAudit() {
        audited = new PageSums(protection.keys());
        auditPosition = 0;
    }

    /** Adds up the next pages; no batch may be on its way. True when all pages have been seen. */
    synchronized boolean audit(int pages) {
        PageSums sum = audited;
        if (sum == null) {
            throw new IllegalStateException("no audit runs");
        }
        for (int i = 0; i < pages && auditPosition < covered; i++) {
            store.readTag(auditPosition, piece);
            sum.add(auditPosition, piece, 0);
            auditPosition++;
        }
        return auditPosition >= covered;
    }

    /** Ends the audit: what is kept, and what was found. */
    synchronized ManifestAudit.Outcome endAudit() {
        PageSums sum = audited;
        audited = null;
        return new ManifestAudit.Outcome(sums.toList(), sum == null ? sums.toList() : sum.toList());
    }
}
