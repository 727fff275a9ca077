/** Planner and executor over an in-memory database. */
package dev.strongroom.sql.plan;
