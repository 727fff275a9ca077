package dev.strongroom.server.e2e;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;

/**
 * A small shop with secrets in it, made by seed: people with names and e-mail addresses, their cards, their orders. Knows the
 * answers to its questions, and every secret that must not be readable on disk.
 */
final class CardShop {
    private static final String[] SYLLABLES = {
        "ka", "ro", "mi", "te", "lu", "so", "ne", "vi", "da", "zo", "bel", "tor", "wen", "quin", "fal", "gri"
    };
    private static final String[] CARD_TYPES = {"ColonialVoice", "Distinguish", "SuperiorCard", "Vista"};

    private final List<Person> people = new ArrayList<>();
    private final List<Order> orders = new ArrayList<>();

    record Person(int id, String name, String email, String cardType, String cardNumber, int expYear) {}

    record Order(int id, int personId, BigDecimal amount, String note) {}

    CardShop(long seed, int personCount, int orderCount) {
        Random random = new Random(seed);
        for (int i = 1; i <= personCount; i++) {
            String name = word(random) + " " + word(random) + String.format(Locale.ROOT, "%05d", i);
            String email = name.toLowerCase(Locale.ROOT).replace(' ', '.') + "@shop-" + word(random) + ".example";
            String card = String.format(Locale.ROOT, "%08d%06d", random.nextInt(100_000_000), i);
            people.add(new Person(i, name, email, CARD_TYPES[random.nextInt(4)], card, 2027 + random.nextInt(5)));
        }
        for (int i = 1; i <= orderCount; i++) {
            BigDecimal amount = BigDecimal.valueOf(random.nextInt(1_000_000), 4);
            String note = random.nextInt(5) == 0 ? "" : "tab\there, \"quotes\", line\nbreak " + word(random);
            orders.add(new Order(i, 1 + random.nextInt(personCount), amount, note));
        }
    }

    static String ddl() {
        return """
                CREATE SCHEMA shop;
                CREATE TABLE shop.person (
                  person_id integer PRIMARY KEY,
                  name varchar(60) NOT NULL,
                  email varchar(80) NOT NULL UNIQUE,
                  card_type varchar(20) NOT NULL,
                  card_number varchar(25) NOT NULL UNIQUE,
                  exp_year smallint NOT NULL CHECK (exp_year BETWEEN 2020 AND 2040),
                  created timestamp NOT NULL DEFAULT now());
                CREATE INDEX person_type ON shop.person (card_type, exp_year);
                CREATE TABLE shop.orders (
                  order_id serial PRIMARY KEY,
                  person_id integer NOT NULL REFERENCES shop.person,
                  amount numeric(12,4) NOT NULL CHECK (amount >= 0),
                  note text);
                CREATE INDEX orders_person ON shop.orders (person_id);
                """;
    }

    /** COPY in csv with tabs, as psql reads it from its script. */
    String copyScript() {
        StringBuilder script = new StringBuilder();
        script.append("COPY shop.person (person_id, name, email, card_type, card_number, exp_year) FROM STDIN"
                + " WITH (FORMAT csv, DELIMITER E'\\t');\n");
        for (Person p : people) {
            script.append(p.id + "\t" + p.name + "\t" + p.email + "\t" + p.cardType + "\t" + p.cardNumber + "\t"
                    + p.expYear + "\n");
        }
        script.append("\\.\nCOPY shop.orders FROM STDIN WITH (FORMAT csv, DELIMITER E'\\t');\n");
        for (Order o : orders) {
            String note = o.note.isEmpty() ? "" : "\"" + o.note.replace("\"", "\"\"") + "\"";
            script.append(o.id + "\t" + o.personId + "\t" + o.amount.toPlainString() + "\t" + note + "\n");
        }
        return script.append("\\.\n").toString();
    }

    static String question() {
        return """
                SELECT p.card_type, count(DISTINCT p.person_id) AS people, sum(o.amount) AS spent,
                       min(p.card_number) AS first_card, max(p.exp_year), count(o.note)
                FROM shop.person p JOIN shop.orders o USING (person_id)
                GROUP BY p.card_type ORDER BY spent DESC, 1;
                """;
    }

    /** What {@code psql -At} prints for {@link #question()}. */
    String answer() {
        TreeMap<String, List<Order>> byType = new TreeMap<>();
        for (Order order : orders) {
            byType.computeIfAbsent(people.get(order.personId - 1).cardType, type -> new ArrayList<>())
                    .add(order);
        }
        return byType.entrySet().stream()
                .sorted((a, b) -> spent(b.getValue()).compareTo(spent(a.getValue())))
                .map(e -> {
                    List<Person> buyers = e.getValue().stream()
                            .map(o -> people.get(o.personId - 1))
                            .distinct()
                            .toList();
                    return e.getKey() + "|" + buyers.size() + "|"
                            + spent(e.getValue()).toPlainString() + "|"
                            + buyers.stream()
                                    .map(Person::cardNumber)
                                    .min(String::compareTo)
                                    .orElseThrow() + "|"
                            + buyers.stream().mapToInt(Person::expYear).max().orElseThrow() + "|"
                            + e.getValue().stream()
                                    .filter(o -> !o.note.isEmpty())
                                    .count();
                })
                .reduce("", (a, b) -> a + b + "\n");
    }

    private static BigDecimal spent(List<Order> some) {
        return some.stream().map(Order::amount).reduce(BigDecimal.ZERO.setScale(4), BigDecimal::add);
    }

    /** Every string whose 12-byte pieces must not be found on disk. */
    List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        for (Person p : people) {
            secrets.add(p.name);
            secrets.add(p.email);
            secrets.add(p.cardNumber);
        }
        return secrets;
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            word.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
        }
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
