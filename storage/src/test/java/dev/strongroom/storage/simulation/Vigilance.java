package dev.strongroom.storage.simulation;

import dev.strongroom.storage.database.ContentFactory;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TestMachine;
import dev.strongroom.storage.file.FailStopFiles;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.txn.UndoMemory;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Watches what goes to the disk and to the log: no nonce twice, nothing readable, redo equals do. */
final class Vigilance {
    private final SimulatedDisk disk;
    private final SeededRandomness random;
    private final UndoMemory.Limits undo;
    private final SimulatedDisk.WriteListener then;
    private final NonceLog nonces = new NonceLog();

    private @Nullable RedoShadow shadow;
    private int redone;

    Vigilance(SimulatedDisk disk, SeededRandomness random, UndoMemory.Limits undo, SimulatedDisk.WriteListener then) {
        this.disk = disk;
        this.random = random;
        this.undo = undo;
        this.then = then;
        disk.listen(this::written);
    }

    private void written(String path, long position, byte[] bytes) {
        then.written(path, position, bytes);
        nonces.written(path, position, bytes);
    }

    /** For who copies the disk. */
    NonceLog nonces() {
        return nonces;
    }

    /** Looks for a text in all files of the database. */
    void hunt(String marker) {
        byte[] wanted = marker.getBytes(StandardCharsets.US_ASCII);
        for (String path : disk.paths()) {
            if (!path.startsWith("db/" + TestMachine.DATABASE + "/")) {
                continue;
            }
            long at = disk.find(path, wanted);
            if (at >= 0) {
                throw new AssertionError("readable text at " + at + " of " + path);
            }
        }
    }

    // ---- redo equals do ----

    /** Content whose log is watched. */
    TableContent content(ContentFactory.Ground ground) {
        RedoShadow made = new RedoShadow(ground.log(), ground.pages());
        if (ground.databaseId() == TestMachine.DATABASE) {
            shadow = made;
        }
        ContentFactory.Ground watched = new ContentFactory.Ground(
                ground.databaseId(),
                ground.pages(),
                made,
                ground.scheduler(),
                ground.clock(),
                ground.stop(),
                temp(ground, disk, nonces),
                ground.rootPage());
        return new TableContent(watched, new UndoMemory(undo));
    }

    /** Content of a copy of the disk, whose temporary files are watched. */
    ContentFactory<TableContent> copied(SimulatedDisk copy, NonceLog copied) {
        return ground -> new TableContent(
                new ContentFactory.Ground(
                        ground.databaseId(),
                        ground.pages(),
                        ground.log(),
                        ground.scheduler(),
                        ground.clock(),
                        ground.stop(),
                        temp(ground, copy, copied),
                        ground.rootPage()),
                new UndoMemory(undo));
    }

    private TempFiles temp(ContentFactory.Ground ground, SimulatedDisk on, NonceLog log) {
        String directory = "db/" + ground.databaseId();
        return TempFiles.open(
                new FailStopFiles(on.files().below(directory), ground.stop()), log.ofTemp(directory, random.split()));
    }

    /** Page changes redone beside the engine since the last question. */
    int redone() {
        RedoShadow watched = shadow;
        int count = watched == null ? 0 : watched.applied();
        int news = count - redone;
        redone = count;
        return Math.max(0, news);
    }

    /** Compares every page that was changed since the start with what redo makes of it. */
    void compareAll() {
        RedoShadow watched = shadow;
        if (watched != null) {
            watched.compareAll();
        }
    }
}
