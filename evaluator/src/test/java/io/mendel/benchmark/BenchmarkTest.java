package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BenchmarkTest {

    private static Benchmark demo(String... names) throws TaskException {
        var tasks = new ArrayList<Task>();
        for (String name : names) {
            tasks.add(GoldenPromptTest.demoTask(name));
        }
        return Benchmark.of(tasks);
    }

    @ParameterizedTest
    @EnumSource(Selection.class)
    void searchAndValidationAreDisjoint(Selection selection) throws Exception {
        Partition parts = demo("know_ja", "arith_en").partition(selection, 128, 256, 1000, 42);
        assertThat(parts.search().size()).isEqualTo(256);
        assertThat(parts.validation().size()).isEqualTo(2 * 72);
        assertThat(parts.test().size()).isEqualTo(1000);
        for (int task = 0; task < 2; task++) {
            assertThat(parts.search().parts().get(task).split()).isEqualTo("validation");
            assertThat(parts.test().parts().get(task).split()).isEqualTo("test");
            var all = new HashSet<>(parts.search().parts().get(task).docIds());
            all.addAll(parts.validation().parts().get(task).docIds());
            assertThat(all).hasSize(200);
        }
    }

    @Test
    void tasksOfOneSplitAreCutInThree() throws Exception {
        Partition parts = demo("know_ja_rolling").partition(Selection.RANDOM, 1000, 1000, 1000, 42);
        assertThat(parts.search().size()).isEqualTo(250);
        assertThat(parts.validation().size()).isEqualTo(125);
        assertThat(parts.test().size()).isEqualTo(125);
        var all = new HashSet<Integer>();
        List.of(parts.search(), parts.validation(), parts.test())
                .forEach(set -> all.addAll(set.parts().getFirst().docIds()));
        assertThat(all).hasSize(500);
    }

    @Test
    void cutsDoNotDependOnTheNumberOfItems() throws Exception {
        Benchmark benchmark = demo("know_ja_rolling");
        Partition few = benchmark.partition(Selection.RANDOM, 10, 10, 1000, 42);
        Partition many = benchmark.partition(Selection.RANDOM, 200, 10, 1000, 42);
        assertThat(few.test()).isEqualTo(many.test());
        assertThat(many.search().parts().getFirst().docIds())
                .startsWith(few.search().parts().getFirst().docIds().toArray(Integer[]::new));
    }

    @Test
    void selectionsDependOnTheSeedOnly() throws Exception {
        ItemSet first = demo("know_ja").partition(Selection.STRATIFIED, 32, 32, 32, 1).search();
        assertThat(demo("know_ja").partition(Selection.STRATIFIED, 32, 0, 0, 1).search().digest())
                .isEqualTo(first.digest());
        assertThat(demo("know_ja").partition(Selection.STRATIFIED, 32, 32, 32, 2).search().digest())
                .isNotEqualTo(first.digest());
        assertThat(demo("know_ja", "arith_en").partition(Selection.STRATIFIED, 32, 32, 32, 1)
                .search()
                .parts()
                .getFirst())
                .isEqualTo(first.parts().getFirst());
    }

    @Test
    void stratifiedSelectionsKeepTheShares() throws Exception {
        Benchmark benchmark = demo("arith_en");
        List<Item> all = benchmark.task("arith_en").items("validation");
        List<Integer> chosen = benchmark.partition(Selection.STRATIFIED, 50, 0, 0, 3)
                .search()
                .parts()
                .getFirst()
                .docIds();
        for (int gold = 0; gold < 5; gold++) {
            int answer = gold;
            double share = all.stream().filter(item -> item.gold().contains(answer)).count() / 4.0;
            long count = chosen.stream().filter(id -> all.get(id).gold().contains(answer)).count();
            assertThat((double) count).isBetween(share - 1, share + 1);
        }
    }

    @Test
    void firstFollowsTheFile() throws Exception {
        ItemSet items = demo("know_ja").first(3);
        assertThat(items.parts())
                .containsExactly(new ItemSet.Part("know_ja", "test", List.of(0, 1, 2)));
    }

    @Test
    void digestCoversTasksDocumentsAndOrder() throws Exception {
        Benchmark benchmark = demo("know_ja", "order_en");
        String digest = benchmark
                .itemSet(List.of(new ItemSet.Part("know_ja", "test", List.of(0, 1))))
                .digest();
        assertThat(digest).matches("[0-9a-f]{64}");
        assertThat(benchmark.itemSet(List.of(new ItemSet.Part("know_ja", "test", List.of(1, 0))))
                .digest()).isNotEqualTo(digest);
        assertThat(
                benchmark.itemSet(List.of(new ItemSet.Part("know_ja", "validation", List.of(0, 1))))
                        .digest())
                .isNotEqualTo(digest);
        assertThat(benchmark.itemSet(List.of(new ItemSet.Part("order_en", "test", List.of(0, 1))))
                .digest()).isNotEqualTo(digest);
    }

    @Test
    void unknownDocumentsAndDuplicatesAreRefused() throws Exception {
        Benchmark benchmark = demo("know_ja");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ItemSet.Part("know_ja", "test", List.of(1, 1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> benchmark
                        .itemSet(List.of(new ItemSet.Part("know_ja", "test", List.of(500)))));
        assertThatIllegalArgumentException().isThrownBy(
                () -> benchmark.itemSet(List.of(new ItemSet.Part("none", "test", List.of(0)))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> benchmark
                        .itemSet(List.of(new ItemSet.Part("know_ja", "dev", List.of(0)))));
        assertThatExceptionOfType(TaskException.class).isThrownBy(() -> demo("know_ja", "know_ja"));
        assertThatIllegalArgumentException().isThrownBy(() -> Selection.named("stratifed"))
                .withMessageContaining("stratified");
    }

    @Test
    void fewshotsOfASubsetAreThoseOfTheWholeTask() throws Exception {
        Benchmark benchmark = demo("order_en_fewshot");
        List<Item> all = benchmark.task("order_en_fewshot").items("test");
        List<Item> some = benchmark
                .items(new ItemSet.Part("order_en_fewshot", "test", List.of(7, 3)));
        assertThat(some).containsExactly(all.get(7), all.get(3));
    }
}
