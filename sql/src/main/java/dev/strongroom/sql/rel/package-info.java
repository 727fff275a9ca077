/**
 * Nodes of relational algebra that PostgreSQL has and Calcite lacks or models differently: they stand between Calcite's own
 * logical nodes in one tree. {@code sql.validate} builds the tree, {@code sql.plan} turns it into nodes that run.
 */
@NullMarked
package dev.strongroom.sql.rel;

import org.jspecify.annotations.NullMarked;
