/// Backups of databases and logs, and how they come back.
///
/// A **media set** is one file, or several written in turn (stripes). A file begins with a media header; behind it come
/// **backup sets**, each a row of chunks that ends with a manifest:
///
/// ```text
/// media header   4096 bytes, see MediaHeader
/// chunk          64-byte header (see ChunkHeader), payload; kinds in this order:
///   DESCRIPTION  what the set is, as known at its start (BackupDescription); chunk 0
///   PAGES        count (4), page numbers (8 each), page images (8192 each); ascending
///   LOG          segment number (8), offset (8), bytes of that log segment, as on disk
///   MANIFEST     the description as known at the end, number of chunks, SHA-256 of every chunk before it, signature
/// ```
///
/// Chunk i of a set is in file i mod n; the manifest is in every file. Nothing of the database is readable in a backup
/// of
/// an encrypted one: pages and log are copied sealed as they are. `COMPRESSION` opens pages, deflates a chunk and seals
/// it
/// under the `backup` key of the newest DEK version (purpose key, TDE-501, TDE-332). `ENCRYPTION(…)` seals every chunk
/// under a key made for this backup, wrapped by the certificate. Description and manifest stay readable without any key
/// (TDE-330): they carry wrapped keys, names and LSNs, no data. The manifest is signed with the certificate's key where
/// there is one (TDE-518).
///
/// A restore writes the pages into a new directory, puts the log segments beside them and a boot record that says
/// *restoring*; then the ordinary crash recovery makes a database of it, up to the LSN where it shall stop, and the log
/// goes on in a segment of a new timeline. Log backups add segments before that. Nothing else knows how to apply log.
///
/// Memory: seven chunk buffers and 32 bytes for each chunk of 1 MiB.
@NullMarked
package dev.strongroom.storage.backup;

import org.jspecify.annotations.NullMarked;
