package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.RowImage;
import dev.strongroom.storage.temp.TempFile;
import dev.strongroom.storage.temp.TempFiles;

/** Rows in a temporary file: written one after the other, then read in that order. One thread. */
final class SpillFile implements AutoCloseable {
    private final TempFile file;
    private final RowImage image = new RowImage();
    private long rows;

    SpillFile(TempFiles files) {
        file = files.create();
    }

    void add(Row row) {
        image.write(row, file);
        rows++;
    }

    long rows() {
        return rows;
    }

    /** Nothing is added any more. */
    void complete() {
        file.complete();
    }

    /** Reads the rows from the first on. */
    Reader reader() {
        return new Reader();
    }

    final class Reader {
        private final TempFile.Reader reader = file.reader();
        private final RowImage image = new RowImage();

        /** Reads the next row into one as wide as those written; false at the end. */
        boolean next(Row into) {
            return image.read(reader, into);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
