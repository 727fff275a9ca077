package dev.strongroom.server.e2e;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/** An entity with an identity column and a parent, for {@link JavaFrameworksTest}. */
@Entity
class Visit {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @ManyToOne(optional = false)
    private @Nullable Patient patient;

    private @Nullable String note;

    /** For the mapper. */
    protected Visit() {}

    Visit(Patient patient, String note) {
        this.patient = patient;
        this.note = note;
    }
}
