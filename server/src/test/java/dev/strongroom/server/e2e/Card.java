package dev.strongroom.server.e2e;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** An entity that knows nothing of encryption. */
@Entity
@Table(name = "card")
class Card {
    @Id
    private int id;

    @Column(length = 19)
    private @Nullable String number;

    @Column(precision = 12, scale = 2)
    private @Nullable BigDecimal credit;

    private @Nullable LocalDate expires;

    /** For the mapper. */
    protected Card() {}

    Card(int id, String number, BigDecimal credit, LocalDate expires) {
        this.id = id;
        this.number = number;
        this.credit = credit;
        this.expires = expires;
    }

    @Nullable
    BigDecimal credit() {
        return credit;
    }

    @Nullable
    LocalDate expires() {
        return expires;
    }

    void spend(BigDecimal amount) {
        credit = credit == null ? amount.negate() : credit.subtract(amount);
    }
}
