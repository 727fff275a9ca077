/**
 * Server audits (tde.md TDE-210 to 214, 344; decision S-23): definitions, the sealed and chained files records go to, reading
 * and verifying them.
 */
@NullMarked
package dev.strongroom.catalog.audit;

import org.jspecify.annotations.NullMarked;
