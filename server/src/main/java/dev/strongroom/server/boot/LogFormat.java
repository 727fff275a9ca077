package dev.strongroom.server.boot;

/** Form of the server log on standard error. */
public enum LogFormat {
    TEXT,
    JSON
}
