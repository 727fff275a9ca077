package dev.strongroom.server.e2e;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An entity with a sequence, a version column and children, for {@link JavaFrameworksTest}. */
@Entity
class Patient {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    private @Nullable Long id;

    @Version
    private int version;

    @Column(nullable = false, unique = true, length = 40)
    private @Nullable String name;

    @Column(precision = 12, scale = 2)
    private @Nullable BigDecimal balance;

    private @Nullable UUID key;
    private @Nullable Instant seen;
    private byte @Nullable [] scan;

    @OneToMany(mappedBy = "patient", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("id")
    private List<Visit> visits = new ArrayList<>();

    /** For the mapper. */
    protected Patient() {}

    Patient(String name, BigDecimal balance) {
        this.name = name;
        this.balance = balance;
        this.key = new UUID(1, name.hashCode());
        this.seen = Instant.EPOCH;
        this.scan = new byte[] {0, 1, (byte) 0xff};
    }

    void add(String note) {
        visits.add(new Visit(this, note));
    }

    void rename(String to) {
        name = to;
    }
}
