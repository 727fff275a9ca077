package dev.strongroom.server.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which module may use which, and in which order the packages of storage lie (style.md section 3, decisions S-22 and P-2). */
final class ArchitectureTest {
    private static final String ROOT = "dev.strongroom.";
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // Where modules are packed, another's tests come as a jar.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.strongroom");

    private static final List<String> STORAGE_ORDER = List.of(
            "file",
            "log",
            "page",
            "buffer",
            "space",
            "key",
            "tree",
            "value",
            "temp",
            "txn",
            "table",
            "boot",
            "recovery",
            "encryption",
            "backup",
            "verify",
            "database");

    @ParameterizedTest
    @CsvSource({
        "common, common",
        "crypto, common crypto",
        "storage, common crypto storage",
        "catalog, common crypto storage catalog",
        "sql, common crypto storage catalog sql",
        "protocol, common protocol",
    })
    void aModuleUsesOnlyThoseBelowIt(String module, String below) {
        List<String> allowed = new ArrayList<>();
        for (String name : below.split(" ")) {
            allowed.add(ROOT + name + "..");
        }
        noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.strongroom..")
                        .and(resideOutsideOfPackages(allowed.toArray(String[]::new))))
                .check(ALL);
    }

    @Test
    void onlyStorageSealsAndOpens() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "catalog..", ROOT + "sql..", ROOT + "server..", ROOT + "protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "crypto.seal..")
                .check(ALL);
    }

    /** AE-42: no server code reaches the cell cipher, so none can decrypt a cell. */
    @Test
    void theServerKnowsNothingOfTheClient() {
        noClasses()
                .that(resideInAPackage("dev.strongroom..")
                        .and(resideOutsideOfPackages(ROOT + "client..", ROOT + "keys..", ROOT + "benchmarks..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "client..", ROOT + "keys..")
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "client..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.strongroom..").and(resideOutsideOfPackages(ROOT + "client..")))
                .check(ALL);
    }

    /**
     * AE-49: what encrypts on the client asks for nothing but Java and pgjdbc, so it works wherever these do. (AE-28's
     * several application servers may be of several kinds.)
     */
    @Test
    void theDriverNeedsNoOperatingSystem() {
        classes()
                .that()
                .resideInAPackage(ROOT + "client..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + "client..", "java..", "javax..", "org.postgresql..", "org.jspecify..")
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "client..")
                .should()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "loadLibrary", String.class)
                .check(ALL);
    }

    @Test
    void packagesOfStorageLieInOrder() {
        for (int i = 0; i < STORAGE_ORDER.size(); i++) {
            List<String> later = new ArrayList<>();
            for (String name : STORAGE_ORDER.subList(i + 1, STORAGE_ORDER.size())) {
                later.add(ROOT + "storage." + name + "..");
            }
            if (!later.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + "storage." + STORAGE_ORDER.get(i) + "..")
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(later.toArray(String[]::new)))
                        .allowEmptyShould(true)
                        .check(ALL);
            }
        }
    }

    @Test
    void theWireKnowsNeitherFlowNorAuthentication() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "protocol.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "protocol.flow..", ROOT + "protocol.auth..")
                .check(ALL);
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "protocol.port..", ROOT + "protocol.auth..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "protocol.flow..", ROOT + "protocol.wire..")
                .check(ALL);
    }

    @Test
    void onlyStorageFileAndTheDoorTouchChannels() {
        // Key backups and audit files lie outside the data directory, where StorageFiles does not reach.
        noClasses()
                .that(resideInAnyPackage(ROOT + "catalog..", ROOT + "sql..", ROOT + "common..")
                        .and(resideOutsideOfPackages(ROOT + "catalog.key..", ROOT + "catalog.audit..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.channels..")
                .check(ALL);
        noClasses()
                .that(resideInAPackage(ROOT + "storage..").and(resideOutsideOfPackages(ROOT + "storage.file..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.channels..")
                .check(ALL);
    }

    @Test
    void nettyStaysAtTheEdge() {
        noClasses()
                .that(resideInAPackage("dev.strongroom..")
                        .and(resideOutsideOfPackages(ROOT + "protocol..", ROOT + "server.listen..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(ALL);
    }

    @Test
    void noReflectionAndNoSerialisation() {
        noClasses()
                .that()
                // The driver lays itself over interfaces of JDBC with hundreds of methods.
                .resideOutsideOfPackages(ROOT + "testkit..", ROOT + "client..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.reflect.Method")
                .check(ALL);
    }

    @Test
    void classesAreFinalRecordsEnumsOrMeantToBeExtended() {
        classes()
                .that()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .should(new FinalOrSealed())
                .check(ALL);
    }
}
