package dev.strongroom.sql.parse.statement;

/** USE database (decision P-11). */
public record Use(String database, int position) implements Statement {}
