package dev.strongroom.common.error;

/** Severity field of an ErrorResponse or NoticeResponse, least severe first. */
public enum Severity {
    DEBUG,
    LOG,
    INFO,
    NOTICE,
    WARNING,
    ERROR,
    FATAL,
    PANIC
}
