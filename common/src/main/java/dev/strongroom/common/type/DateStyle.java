package dev.strongroom.common.type;

/** First half of {@code DateStyle}: the output form. */
public enum DateStyle {
    ISO("ISO"),
    SQL("SQL"),
    POSTGRES("Postgres"),
    GERMAN("German");

    private final String title;

    DateStyle(String title) {
        this.title = title;
    }

    /** As SHOW prints it. */
    public String title() {
        return title;
    }
}
