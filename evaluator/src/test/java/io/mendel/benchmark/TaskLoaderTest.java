package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mendel.benchmark.TaskException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskLoaderTest {

    private static final String[] MINIMAL = {"task: t", "dataset_path: json",
        "dataset_kwargs: {data_files: {test: d.jsonl}}",
        "test_split: test", "output_type: multiple_choice", "doc_to_text: q", "doc_to_choice: c",
        "doc_to_target: a"};

    @TempDir
    Path folder;

    private TaskFolder files;

    @BeforeEach
    void data() throws IOException {
        files = new TaskFolder(folder).file("d.jsonl",
                "{\"q\": \"Q1\", \"c\": [\"x\", \"y\"], \"a\": 0}", "",
                "{\"q\": \"Q2\", \"c\": [\"x\", \"y\"], \"a\": 1}");
    }

    private static String[] with(String... more) {
        var lines = new java.util.ArrayList<>(List.of(MINIMAL));
        for (String line : more) {
            lines.removeIf(other -> other.startsWith(line.substring(0, line.indexOf(':') + 1)));
            lines.add(line);
        }
        return lines.toArray(String[]::new);
    }

    private TaskException failure(String... lines) {
        return catchThrowableOfType(TaskException.class, () -> {
            Task task = files.task(lines);
            task.items(task.evaluatedSplit());
        });
    }

    @Test
    void minimalTaskLoads() throws Exception {
        Task task = files.task(MINIMAL);
        assertThat(task.size("test")).isEqualTo(2);
        assertThat(task.resultNames()).containsExactly("acc", "acc_norm", "choice_probability",
                "soft_acc",
                "loglikelihood");
        assertThat(task.items("test").get(1).requests()).containsExactly(
                new Request.Continuation("Q2", " x"),
                new Request.Continuation("Q2", " y"));
        assertThat(task.items("test").get(1).gold()).containsExactly(1);
    }

    @Test
    void includesAreMergedAndLocalFieldsWin() throws Exception {
        files.file("base.yaml", MINIMAL)
                .file("other.yaml", "target_delimiter: '-'", "task: other", "include: base.yaml");
        Task task = files.task("include: [base.yaml, other.yaml]", "task: mine");
        assertThat(task.name()).isEqualTo("mine");
        assertThat(task.items("test").getFirst().requests())
                .contains(new Request.Continuation("Q1", "-y"));
    }

    @Test
    void includesThatIncludeThemselvesAreRefused() throws Exception {
        files.file("other.yaml", "include: task.yaml");
        assertThat(failure("include: other.yaml").kind()).isEqualTo(Kind.YAML);
        assertThat(failure("include: none.yaml").kind()).isEqualTo(Kind.MISSING_FILE);
    }

    @Test
    void dataFilesAreFoundInSearchFolders() throws Exception {
        Path tasks = Files.createDirectory(folder.resolve("tasks"));
        new TaskFolder(tasks).file("t.yaml", MINIMAL);
        assertThat(TaskLoader.load(tasks.resolve("t.yaml"), List.of(folder)).size("test"))
                .isEqualTo(2);
        TaskException missing = catchThrowableOfType(TaskException.class,
                () -> TaskLoader.load(tasks.resolve("t.yaml"), List.of()));
        assertThat(missing.kind()).isEqualTo(Kind.MISSING_FILE);
        assertThat(missing).hasMessageContaining("d.jsonl").hasMessageContaining(tasks.toString());
    }

    @Test
    void missingColumnsOfSomeLinesAreNone() throws Exception {
        files.file("d.jsonl", "{\"q\": \"Q1\", \"c\": [\"x\"], \"a\": 0}",
                "{\"c\": [\"x\"], \"a\": 0}");
        assertThat(failure(MINIMAL).kind()).isEqualTo(Kind.VALUE);
        Task task = files
                .task(with("doc_to_text: '{% if q is none %}none{% else %}{{q}}{% endif %}'"));
        assertThat(task.items("test").get(1).requests())
                .containsExactly(new Request.Continuation("none", " x"));
    }

    @Test
    void jsonArraysAndNestedFieldsAreRead() throws Exception {
        files.file("d.json", "{\"data\": [{\"q\": \"Q1\", \"c\": [\"x\"], \"a\": 0}]}")
                .file("e.json", "[{\"q\": \"Q2\", \"c\": [\"x\"], \"a\": 0}]");
        assertThat(files.task(with("dataset_kwargs: {field: data, data_files: {test: d.json}}"))
                .size("test")).isEqualTo(1);
        assertThat(files.task(with("dataset_kwargs: {data_files: {test: [e.json, e.json]}}"))
                .size("test")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            doc_to_txt: q | UNKNOWN_FIELD | doc_to_text
            metric_list: [{metric: acc, agregation: mean}] | UNKNOWN_FIELD | aggregation
            fewshot_config: {sampel: 1} | UNKNOWN_FIELD | sampler
            process_docs: x | UNSUPPORTED | process_docs
            custom_dataset: x | UNSUPPORTED | custom_dataset
            dataset_path: allenai/ai2_arc | UNSUPPORTED | JSON lines
            doc_to_text: !function utils.text | UNSUPPORTED | doc_to_text
            task: [a, b] | UNSUPPORTED | group
            repeats: 3 | UNSUPPORTED | repeats
            metric_list: [{metric: bleu}] | UNSUPPORTED | acc_norm
            metric_list: [{metric: perplexity}] | VALUE | acc_norm
            filter_list: [{name: f, filter: [{function: regex}]}] | UNSUPPORTED | take_first
            output_type: multiple_choise | VALUE | multiple_choice
            test_split: tst | VALUE | tst
            num_fewshot: -1 | VALUE | num_fewshot
            num_fewshot: 3 | VALUE | num_fewshot
            description: [a] | VALUE | description
            doc_to_target: anser | COLUMN | anser
            doc_to_target: '{{anser}}' | COLUMN | anser
            doc_to_text: '{{q' | TEMPLATE | line 1 character
            doc_to_text: '{{q + 1}}' | TEMPLATE | line 1
            doc_to_choice: q | VALUE | doc_to_choice
            doc_to_choice: '{{c[0]}}' | VALUE | doc_to_choice
            dataset_kwargs: {data_files: {test: none.jsonl}} | MISSING_FILE | none.jsonl
            dataset_kwargs: {data_file: d.jsonl} | UNKNOWN_FIELD | data_files
            metadata: [&x 1, *x] | UNSUPPORTED | alias
            """)
    void wrongFieldsAreNamed(String line, Kind kind, String hint) {
        TaskException failure = failure(with(line));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining(hint);
        assertThat(failure.remedy()).isNotBlank();
    }

    @Test
    void brokenYamlNamesTheLine() {
        TaskException failure = failure("task: t", "doc_to_text: \"open");
        assertThat(failure.kind()).isEqualTo(Kind.YAML);
        assertThat(failure.place()).startsWith("line ");
        assertThat(failure("- a", "- b").kind()).isEqualTo(Kind.YAML);
        assertThat(failure("").kind()).isEqualTo(Kind.YAML);
    }

    @Test
    void brokenDataLinesAreNamed() throws Exception {
        files.file("d.jsonl", "{\"q\": \"Q1\"}", "", "{\"q\": ");
        assertThat(failure(MINIMAL).kind()).isEqualTo(Kind.DATA);
        assertThat(failure(MINIMAL).place()).startsWith("line 3");
        files.file("d.jsonl", "{\"q\": \"Q1\"}", "7");
        assertThat(failure(MINIMAL).place()).isEqualTo("line 2");
        files.file("d.jsonl", "");
        assertThat(failure(MINIMAL).kind()).isEqualTo(Kind.DATA);
        Files.write(folder.resolve("d.jsonl"), new byte[]{'{', '"', (byte) 0xff, '"'});
        assertThat(failure(MINIMAL).kind()).isEqualTo(Kind.DATA);
    }

    @Test
    void missingTaskFileIsNamed() {
        TaskException failure = catchThrowableOfType(TaskException.class,
                () -> TaskLoader.load(folder.resolve("no.yaml"), List.of()));
        assertThat(failure.kind()).isEqualTo(Kind.MISSING_FILE);
        assertThat(failure.path()).isEqualTo(folder.resolve("no.yaml"));
    }

    @Test
    void digestDependsOnContentOnly() throws Exception {
        String digest = files.task(MINIMAL).digest();
        assertThat(files.task(with("metadata: {version: 2}", "# comment: x")).digest())
                .isEqualTo(digest);
        assertThat(files.task(with("target_delimiter: ''")).digest()).isNotEqualTo(digest);
        files.file("d.jsonl", "{\"q\": \"Q1\", \"c\": [\"x\", \"y\"], \"a\": 0}",
                "{\"q\": \"Q2\", \"c\": [\"x\", \"y\"], \"a\": 0}");
        assertThat(files.task(MINIMAL).digest()).isNotEqualTo(digest);
    }

    @Test
    void resultsAreFoundByTheirUsualNames() throws Exception {
        Task task = files.task(with("output_type: generate_until", "doc_to_target: q",
                "doc_to_choice: null",
                "filter_list: [{name: f, filter: [{function: take_first}]}, {name: g, filter: [{function: lowercase}]}]"));
        assertThat(task.resultNames()).containsExactly("exact_match,f", "exact_match,g");
        assertThat(task.resultName("exact_match")).isEqualTo("exact_match,f");
        assertThat(task.resultName("exact_match,g")).isEqualTo("exact_match,g");
        assertThat(task.higherIsBetter("exact_match,f")).isTrue();
        assertThat(files.task(MINIMAL).resultName("acc,none")).isEqualTo("acc");
        TaskException failure = catchThrowableOfType(TaskException.class,
                () -> files.task(MINIMAL).resultName("ac"));
        assertThat(failure).hasMessageContaining("Maybe acc was meant");
    }
}
