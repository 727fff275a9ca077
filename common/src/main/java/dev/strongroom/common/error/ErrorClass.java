package dev.strongroom.common.error;

/** Who can act on an error: counted separately in metrics. */
public enum ErrorClass {
    USER,
    RESOURCE,
    INTERNAL,
    CORRUPTION,
    KEY
}
