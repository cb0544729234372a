package io.mendel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** The walls of the house: who may know whom. */
@AnalyzeClasses(packages = "io.mendel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.mendel.(**)")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule spacesKnowNothingElse = noClasses().that()
            .resideInAPackage("io.mendel.space..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("io.mendel.space..", "java..", "com.fasterxml.jackson..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule evaluatorDoesNotKnowResultsOrSearch = noClasses().that()
            .resideInAnyPackage("io.mendel.checkpoint..", "io.mendel.merge..", "io.mendel.graph..",
                    "io.mendel.runtime..", "io.mendel.benchmark..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.mendel.results..", "io.mendel.search..",
                    "io.mendel.campaign..", "io.mendel.cli..");

    @ArchTest
    static final ArchRule mergingDoesNotKnowScoring = noClasses().that()
            .resideInAPackage("io.mendel.merge..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.mendel.runtime..", "io.mendel.benchmark..");

    @ArchTest
    static final ArchRule resultsKnowOnlySpaces = noClasses().that()
            .resideInAPackage("io.mendel.results..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.mendel.checkpoint..", "io.mendel.merge..",
                    "io.mendel.graph..", "io.mendel.runtime..", "io.mendel.benchmark..",
                    "io.mendel.search..",
                    "io.mendel.campaign..", "io.mendel.cli..");

    @ArchTest
    static final ArchRule searchKnowsNoCampaign = noClasses().that()
            .resideInAPackage("io.mendel.search..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.mendel.campaign..", "io.mendel.cli..", "io.mendel.merge..",
                    "io.mendel.runtime..", "io.mendel.benchmark..");

    @ArchTest
    static final ArchRule onnxRuntimeStaysInRuntime = only("io.mendel.runtime..",
            "ai.onnxruntime..", "ai.djl..");
    @ArchTest
    static final ArchRule matricesStayInMerging = only("io.mendel.merge..", "org.ejml..");
    @ArchTest
    static final ArchRule cudaStaysInItsPackage = only("io.mendel.merge.cuda..", "jcuda..");
    @ArchTest
    static final ArchRule protobufsStayInGraph = only("io.mendel.graph..", "ai.onnx..",
            "com.google.protobuf..");
    @ArchTest
    static final ArchRule jdbcStaysInTheStore = only("io.mendel.results.store..", "java.sql..",
            "org.sqlite..");
    @ArchTest
    static final ArchRule tablesawStaysInTables = only("io.mendel.results.table..",
            "tech.tablesaw..");
    @ArchTest
    static final ArchRule jeneticsStaysInSearch = only("io.mendel.search..", "io.jenetics..");
    @ArchTest
    static final ArchRule picocliStaysInCli = only("io.mendel.cli..", "picocli..", "me.tongfei..");

    private static ArchRule only(String owner, String... libraries) {
        return noClasses().that()
                .resideOutsideOfPackage(owner)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }

    @ArchTest
    static final ArchRule onlyTheCommandLinePrintsAndExits = noClasses().that()
            .resideOutsideOfPackage("io.mendel.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule noGenericExceptions = noClasses().should()
            .callConstructor(RuntimeException.class, String.class)
            .orShould()
            .callConstructor(RuntimeException.class, Throwable.class)
            .orShould()
            .callConstructor(RuntimeException.class, String.class, Throwable.class);

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .should(new ArchCondition<>("live in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(type, marked,
                            type.getName() + " in " + type.getPackageName()));
                }
            });
}
