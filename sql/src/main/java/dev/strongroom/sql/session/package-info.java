/**
 * One client connection's view of the database: {@link dev.strongroom.sql.session.SqlSession} takes statement texts and
 * portals, parses, plans and executes them under the transaction state machine, and answers through a
 * {@link dev.strongroom.sql.session.SessionSink} that the caller passes down.
 */
@NullMarked
package dev.strongroom.sql.session;

import org.jspecify.annotations.NullMarked;
