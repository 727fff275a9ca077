package dev.strongroom.sql.session;

import dev.strongroom.common.time.NoWait;
import dev.strongroom.storage.table.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * What a message tried under {@link NoWait} may have done, so that it can be taken back: started a transaction, opened a
 * portal, changed rows. Everything else that has an effect asks {@link NoWait#check} first. The session's owner only.
 */
final class TriedWork {
    private final SessionTransaction transaction;
    private SessionTransaction.Block block = SessionTransaction.Block.NONE;
    private boolean started;
    private @Nullable Transaction changing;
    private Transaction.@Nullable Savepoint savepoint;
    private @Nullable Portal opened;

    TriedWork(SessionTransaction transaction) {
        this.transaction = transaction;
    }

    /** A message is about to be tried. */
    void begin() {
        block = transaction.block();
        started = transaction.started();
        forget();
    }

    /** A portal is about to be opened. */
    void opening(Portal portal, boolean changesRows) {
        opened = portal;
        if (changesRows && started && savepoint == null) {
            changing = transaction.running().storage();
            savepoint = changing.savepoint();
        }
    }

    /** It stands. The savepoint goes, so that a transaction that fills a table after it needs no undo for that. */
    void keep() {
        Transaction changed = changing;
        if (savepoint != null
                && changed != null
                && transaction.started()
                && transaction.block() != SessionTransaction.Block.FAILED
                && transaction.running().storage() == changed) {
            changed.release(savepoint);
        }
        forget();
    }

    private void forget() {
        changing = null;
        savepoint = null;
        opened = null;
    }

    /** Takes everything back. */
    void undo() {
        Portal portal = opened;
        if (portal != null) {
            portal.reopen();
        }
        if (block != transaction.block()) {
            transaction.rollback();
        } else if (!started && transaction.started()) {
            transaction.restart();
        } else if (savepoint != null) {
            transaction.running().storage().rollbackTo(savepoint);
        }
        forget();
    }
}
