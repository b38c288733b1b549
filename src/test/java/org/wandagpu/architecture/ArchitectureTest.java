package org.wandagpu.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.THROW_GENERIC_EXCEPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the table of docs/architecture.md: which package may import which. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {

    private static final String ROOT = "org.wandagpu.";
    private static final String BACKEND = "compute.cpu";
    private static final String KERNELS = "compute.cuda";
    private static final String SIMULATOR = "simulator";
    private static final String JCUDA = "cuda.jcuda";
    private static final Set<String> BACKENDS = Set.of(BACKEND, KERNELS, SIMULATOR, JCUDA);

    /**
     * Package by package what it may import itself. What those may import is allowed too, but backends only where they
     * are named.
     */
    private static final Map<String, Set<String>> IMPORTS = Map.ofEntries(
            Map.entry("failure", Set.of()),
            Map.entry("tensor", Set.of("failure")),
            Map.entry("checkpoint", Set.of("tensor")),
            Map.entry("checkpoint.hub", Set.of("failure")),
            Map.entry("text", Set.of("failure")),
            Map.entry("compute", Set.of("tensor")),
            Map.entry(BACKEND, Set.of("compute")),
            Map.entry("cuda", Set.of("failure")),
            Map.entry(JCUDA, Set.of("cuda")),
            Map.entry(KERNELS, Set.of("compute", "cuda")),
            Map.entry(SIMULATOR, Set.of("cuda")),
            Map.entry("device", Set.of("compute", BACKEND, KERNELS, SIMULATOR, JCUDA)),
            Map.entry("model", Set.of("compute")),
            Map.entry("prune", Set.of("compute")),
            Map.entry("result", Set.of("failure")),
            Map.entry("inspect", Set.of("model", "result")),
            Map.entry("schedule", Set.of("model", "prune", "text", "checkpoint", "result")),
            Map.entry("eval", Set.of("schedule")),
            Map.entry("generate", Set.of("schedule")),
            Map.entry("bench", Set.of("device", "schedule", "result", BACKEND)),
            Map.entry("bench.kernels", Set.of("device", "result", KERNELS, SIMULATOR)),
            Map.entry("selftest", Set.of("compute")),
            Map.entry("cli", Set.of("device", "selftest", "eval", "generate", "inspect", "bench", "bench.kernels", "checkpoint.hub")),
            Map.entry("launcher", Set.of()));

    /** Compiled from what JMH writes, not from what is in the repository. */
    private static final DescribedPredicate<JavaClass> GENERATED = resideInAPackage("..jmh_generated..");

    private final JavaClasses program = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.wandagpu")
            .that(not(GENERATED));

    @Test
    void theRulesSeeTheWholeProgram() {
        assertThat(program.size()).isGreaterThan(80);
    }

    @Test
    void everyPackageHasARow() {
        Set<String> found = new TreeSet<>();
        program.forEach(type -> found.add(type.getPackageName().substring(ROOT.length())));
        assertThat(IMPORTS.keySet()).containsAll(found);
    }

    static Set<String> packages() {
        return new TreeSet<>(IMPORTS.keySet());
    }

    /** A package that does not exist yet passes. */
    @ParameterizedTest
    @MethodSource("packages")
    void aPackageImportsOnlyWhatItsRowAllows(String name) {
        Set<String> allowed = new TreeSet<>(Set.of(ROOT + name));
        IMPORTS.get(name).forEach(direct -> addWithImports(direct, allowed));
        classes().that().resideInAPackage(ROOT + name)
                .should().onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new))
                        .or(not(resideInAPackage(ROOT + "."))))
                .allowEmptyShould(true).check(program);
    }

    private static void addWithImports(String name, Set<String> allowed) {
        if (allowed.add(ROOT + name)) {
            IMPORTS.get(name).stream().filter(imported -> !BACKENDS.contains(imported))
                    .forEach(imported -> addWithImports(imported, allowed));
        }
    }

    @Test
    void packagesAreFreeOfCycles() {
        SlicesRuleDefinition.slices().matching("org.wandagpu.(**)").should().beFreeOfCycles().check(program);
    }

    @Test
    void theLauncherStandsAlone() {
        classes().that().resideInAPackage(ROOT + "launcher")
                .should().onlyDependOnClassesThat(resideInAnyPackage(ROOT + "launcher", "java.."))
                .check(program);
    }

    @Test
    void onlyTheOutermostPackagesPrint() {
        noClasses().that(not(resideInAnyPackage(ROOT + "cli", ROOT + "launcher", ROOT + "bench")))
                .should(ACCESS_STANDARD_STREAMS).check(program);
    }

    @Test
    void onlyTheOutermostPackagesEndTheProcess() {
        noClasses().that(not(resideInAnyPackage(ROOT + "cli", ROOT + "launcher", ROOT + "bench")))
                .should().callMethod(System.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "halt", int.class).check(program);
    }

    @Test
    void exceptionsSayWhatKindTheyAre() {
        noClasses().should(THROW_GENERIC_EXCEPTIONS).check(program);
    }

    @Test
    void onlyItsPackageCallsJCuda() {
        noClasses().that(not(resideInAPackage(ROOT + JCUDA)))
                .should().dependOnClassesThat().resideInAPackage("jcuda..").check(program);
    }

    /** And in the simulator's tensor units, which most of its time goes to. */
    @Test
    void vectorInstructionsStayInTheBackend() {
        noClasses().that(not(resideInAnyPackage(ROOT + BACKEND, ROOT + "simulator", ROOT + "bench")))
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(program);
    }
}
