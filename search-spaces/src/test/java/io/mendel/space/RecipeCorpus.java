package io.mendel.space;

import java.util.List;
import java.util.stream.Stream;

/** Recipes that use everything the dialect has. */
final class RecipeCorpus {

    /** Files of several documents, separated by lines of three dashes. */
    static final List<String> SEQUENCES = List.of("""
            name: first
            merge_method: linear
            models:
            - {model: a, parameters: {weight: 1}}
            - {model: b, parameters: {weight: 1}}
            ---
            name: second
            merge_method: slerp
            base_model: first
            models: [{model: c}]
            parameters: {t: 0.5}
            ---
            merge_method: ties
            base_model: a
            models:
            - {model: first, parameters: {weight: 1, density: 0.5}}
            - {model: second+adapter, parameters: {weight: 1, density: 0.5}}
            """, """
            ---
            merge_method: linear
            models: [{model: x, parameters: {weight: 1}}]
            ---
            name: x
            merge_method: linear
            models: [{model: y, parameters: {weight: 1}}]
            ---
            """);

    private static final List<String> RECIPES = List.of("""
            merge_method: linear
            models:
            - model: a
              parameters: {weight: 0.5}
            - model: b
              parameters: {weight: 0.25}
            """, """
            # a comment
            merge_method: linear
            models:
              - model: ./models/a b
                parameters:
                  weight: [0, 0.5, 1]
              - model: "models/ü"
                parameters:
                  weight: 1e-3
            parameters: {normalize: false}
            dtype: torch.float32
            out_dtype: torch.bfloat16
            """, """
            merge_method: slerp
            base_model: a
            models: [{model: a}, {model: b}]
            parameters:
              t:
              - {filter: self_attn, value: [0, 0.5, 0.3, 0.7, 1]}
              - filter: mlp
                value: [1, 0.5, 0.7, 0.3, 0]
              - value: 0.5
            dtype: bfloat16
            """, """
            merge_method: passthrough
            slices:
            - sources: [{model: a, layer_range: [0, 2]}]
            - sources: [{model: b, layer_range: [1, 2]}]
            mendel: {scales: [1, 0.5, 1.25], seed: 3}
            """, """
            merge_method: slerp
            slices:
            - sources:
              - {model: a, layer_range: [0, 32]}
              - {model: b, layer_range: [0, 32]}
            base_model: a
            parameters: {t: 0.3}
            """, """
            merge_method: ties
            base_model: base
            models:
            - {model: base}
            - model: a
              parameters: {density: 0.5, weight: 0.3}
            - model: b
              parameters: {density: [1, 0.7, 0.1], weight: [{filter: mlp, value: 0.5}, {value: 0}]}
            parameters: {normalize: true, int8_mask: true, lambda: 1.1}
            """, """
            merge_method: dare_ties
            base_model: base
            models:
            - {model: a, parameters: {weight: 0.5, density: 0.25}}
            parameters: {rescale: false}
            mendel: {seed: -7}
            """, """
            merge_method: dare_linear
            base_model: base
            parameters: {weight: 0.5, density: [{filter: '*', value: 0.9}]}
            models:
            - {model: a}
            - {model: b}
            mendel: {seed: 9223372036854775807}
            """, """
            merge_method: task_arithmetic
            base_model: base
            models:
            - {model: a, parameters: {weight: -1}}
            - {model: b, parameters: {weight: 1.0e+1}}
            parameters: {normalize: no}
            """.replace("no}", "false}"), """
            merge_method: nearswap
            base_model: a
            models: [{model: b}]
            parameters: {t: 0.0001}
            """, """
            merge_method: linear
            slices:
            - sources: [{model: a, layer_range: [0, 16], parameters: {weight: 1}}]
              residual_weight: 0.5
            - sources: [{model: b, layer_range: [8, 24], parameters: {weight: 1}}]
              parameters: {normalize: false}
            - sources: [{model: a, layer_range: [16, 32], parameters: {weight: 1}}]
            """, """
            merge_method: ties
            slices:
            - base_model: x
              sources:
              - {model: x, layer_range: [0, 4]}
              - {model: a, layer_range: [0, 4], parameters: {weight: 1, density: 0.5}}
            - base_model: y
              sources:
              - {model: a, layer_range: [2, 6], parameters: {weight: 1}}
              - {model: b, layer_range: [0, 4], parameters: {weight: 0.5}}
              parameters: {lambda: 0.9, density: 0.25}
            """, """
            merge_method: linear
            modules:
              encoder:
                models:
                - {model: a, parameters: {weight: 1}}
                - {model: b, parameters: {weight: 1}}
                parameters: {normalize: true}
              decoder:
                slices:
                - sources: [{model: a, layer_range: [0, 2], parameters: {weight: 1}}]
                - sources: [{model: b, layer_range: [1, 2], parameters: {weight: 1}}]
              shared:
                models: [{model: a, parameters: {weight: 1}}]
            """, """
            merge_method: slerp
            base_model: a
            modules:
              text_decoder: {models: [{model: a}, {model: b}], parameters: {t: [0, 1]}}
              vision_tower: {base_model: b, models: [{model: a}, {model: b}]}
              multi_modal_projector: {models: [{model: a}, {model: b}], parameters: {t: 0}}
            parameters: {t: 0.5}
            """,
            """
                    merge_method: linear
                    models:
                    - {model: base+loras/x, parameters: {weight: 1}}
                    - {model: {model: base, lora: loras/y}, parameters: {weight: 1}}
                    - {model: {model: {path: base, revision: v1}, lora: {path: loras/z, revision: v2}}, parameters: {weight: 1}}
                    - {model: base@main+loras/x@dev, parameters: {weight: 1}}
                    """,
            """
                    merge_method: linear
                    base_model: {model: m, override_architecture: LlamaForCausalLM}
                    models:
                    - {model: {model: m, override_architecture: LlamaForCausalLM}, parameters: {weight: 1}}
                    - {model: {model: n, lora: l, override_architecture: LlamaForCausalLM}, parameters: {weight: 1}}
                    """,
            """
                    merge_method: linear
                    models: [{model: a, parameters: {weight: 1}}]
                    tokenizer_source: union
                    """, """
                    merge_method: linear
                    models: [{model: a, parameters: {weight: 1}}]
                    tokenizer_source: {model: {path: other}}
                    chat_template: auto
                    """,
            """
                    merge_method: linear
                    models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: 1}}]
                    tokenizer:
                      source: base
                      pad_to_multiple_of: 128
                    chat_template: llama3
                    """,
            """
                    merge_method: ties
                    base_model: a
                    models: [{model: b, parameters: {weight: 1}}]
                    tokenizer:
                      source: union
                      tokens:
                        <|im_start|>: {source: b}
                        "<|im_end|>": {source: {kind: model_token, model: b, token: <|im_end|>}, force: true}
                        "null": {source: {kind: model_token, model: b+lora, token_id: 7}}
                        "1": {source: {kind: zero}}
                        "~": {source: {model: c, lora: d}}
                        plain: {}
                    """,
            """
                    merge_method: linear
                    models: [{model: a, parameters: {weight: 1}}]
                    chat_template: |
                      {% for message in messages %}
                      {{ message.role }}: "{{ message.content }}"
                      {% endfor %}
                    """, """
                    merge_method: ties
                    base_model: b
                    models:
                    - model: x
                      parameters: &usual {weight: 0.5, density: 0.5}
                    - model: y
                      parameters: *usual
                    - model: z
                      parameters: {<<: *usual, density: 0.25}
                    - model: w
                      parameters:
                        <<: [{weight: 1}, *usual]
                    """,
            """
                    {"merge_method": "linear", "models": [{"model": "a", "parameters": {"weight": 1}}], "dtype": null}
                    """,
            """
                    %YAML 1.1
                    ---
                    merge_method: 'linear'
                    models:
                    - model: >-
                        folded/path
                      parameters: {weight: +.5}
                    ...
                    """, """
                    merge_method: linear
                    models:
                    - {model: "true", parameters: {weight: 0x10}}
                    - {model: "12", parameters: {weight: 1_0}}
                    - {model: "null", parameters: {weight: [1, 1, 1]}}
                    """,
            """
                    merge_method: ties
                    base_model: "off"
                    models: [{model: "- a: b #c", parameters: {weight: [{filter: "x: [", value: 1}, {filter: '', value: 2}]}}]
                    out_dtype: float16
                    """);

    private RecipeCorpus() {}

    /** One recipe each. */
    static Stream<String> recipes() {
        return RECIPES.stream();
    }
}
