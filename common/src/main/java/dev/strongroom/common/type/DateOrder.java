package dev.strongroom.common.type;

/** Second half of {@code DateStyle}: how an ambiguous date is read. */
public enum DateOrder {
    YMD,
    DMY,
    MDY
}
