"""Golden logits of layer paths with scales, computed by transformers.

    scaled_paths.py golden OUT.json     computes the paths and writes what the Java test compares with
    scaled_paths.py check OUT.json DIR  loads the checkpoints that the Java test exported to DIR (system property
                                        golden.exports) with AutoModelForCausalLM and compares them, too

Needs torch and transformers (written with 2.13 and 5.18). Neither the product nor its tests need this script.
Weights follow from names and seeds, see SyntheticModel.java: element i of a tensor is
centre + width * (mix(i + crc32(name) + seed) / 2^32 - 1/2).
"""

import copy
import json
import random
import sys
import zlib

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM

COMMON = dict(vocab_size=64, bos_token_id=1, eos_token_id=2)
LLAMA = dict(COMMON, hidden_size=32, intermediate_size=48, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64, rms_norm_eps=1e-6)
FAMILIES = {
    "llama": dict(LLAMA, model_type="llama", architectures=["LlamaForCausalLM"], head_dim=8, mlp_bias=True,
                  attention_bias=True, tie_word_embeddings=False),
    "qwen3": dict(LLAMA, model_type="qwen3", architectures=["Qwen3ForCausalLM"], head_dim=16,
                  tie_word_embeddings=True),
    "gpt2": dict(COMMON, model_type="gpt2", architectures=["GPT2LMHeadModel"], n_embd=32, n_head=4, n_positions=64,
                 layer_norm_epsilon=1e-6, activation_function="gelu_new"),
}
DEPTHS = {"a": 4, "b": 3}
SEEDS = {"a": 1, "b": 2}
TOKENS = [5, 17, 60, 33, 9, 44, 2, 17]


def mix(values):
    h = values.astype(np.uint32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def fill(name, shape, seed):
    count = int(np.prod(shape))
    start = (zlib.crc32(name.encode()) + seed) & 0xFFFFFFFF
    index = (np.arange(count, dtype=np.uint64) + start).astype(np.uint32)
    u = mix(index).astype(np.float64) / 2**32
    bias = name.endswith(".bias")
    norm = not bias and ("norm" in name or "ln_" in name)
    embedding = "embed" in name or "wte" in name or "wpe" in name
    width = 0.2 if norm or bias else 2 if embedding else 0.5
    values = (1 if norm else 0) + width * (u - 0.5)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def config(family, depth):
    fields = dict(FAMILIES[family])
    fields["n_layer" if family == "gpt2" else "num_hidden_layers"] = depth
    return fields


def build(fields):
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(**fields), attn_implementation="eager").eval()


def parent(family, name):
    model = build(config(family, DEPTHS[name]))
    tied = model.get_output_embeddings().weight is model.get_input_embeddings().weight
    state = {key: fill(key, tuple(value.shape), SEEDS[name]) for key, value in model.state_dict().items()
             if value.is_floating_point() and not (tied and key == "lm_head.weight")}
    model.load_state_dict(state, strict=False)
    model.tie_weights()
    return model


def blocks(model):
    return model.transformer.h if hasattr(model, "transformer") else model.model.layers


def scaled(family, parents, path, scales):
    """The layers of the path one behind another; before each the hidden state is multiplied by its scale."""
    model = copy.deepcopy(parents[path[0][0]])
    layers = torch.nn.ModuleList()
    for (name, layer), scale in zip(path, scales):
        block = copy.deepcopy(blocks(parents[name])[layer])
        block.register_forward_pre_hook(
            lambda _, args, kwargs, s=scale: ((args[0] * s, *args[1:]), kwargs), with_kwargs=True)
        layers.append(block)
    last = parents[path[-1][0]]
    if family == "gpt2":
        model.transformer.h = layers
        model.transformer.ln_f = copy.deepcopy(last.transformer.ln_f)
        model.config.n_layer = len(path)
    else:
        model.model.layers = layers
        model.model.norm = copy.deepcopy(last.model.norm)
        model.config.num_hidden_layers = len(path)
        if getattr(model.config, "layer_types", None):
            model.config.layer_types = ["full_attention"] * len(path)
        if family == "llama":
            model.lm_head = copy.deepcopy(last.lm_head)
    return model


def logits(model):
    with torch.no_grad():
        return model(input_ids=torch.tensor([TOKENS]), use_cache=False).logits[0]


def golden(out):
    rng = random.Random(20)
    cases = []
    for family in FAMILIES:
        parents = {name: parent(family, name) for name in DEPTHS}
        for length in (1, 3, 7, 12):
            path = [("b", rng.randrange(3)) if rng.random() < 0.4 else ("a", rng.randrange(4)) for _ in range(length)]
            scales = [round(rng.uniform(0.4, 1.5), 3) for _ in range(length)]
            values = logits(scaled(family, parents, path, scales))
            plain = logits(scaled(family, parents, path, [1] * length))
            print(family, length, "scales move the logits by %.3f" % (values - plain).abs().max())
            cases.append(dict(id="%s-%d" % (family, length), configs={n: config(family, d) for n, d in DEPTHS.items()},
                              seeds=SEEDS, path=path, scales=scales, tokens=TOKENS,
                              logits=[round(float(v), 6) for v in values[-1]]))
    with open(out, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


def check(expected, folder):
    worst = 0
    for case in json.load(open(expected)):
        model = AutoModelForCausalLM.from_pretrained("%s/%s" % (folder, case["id"]), attn_implementation="eager",
                                                     dtype=torch.float32)
        assert len(blocks(model)) == len(case["path"])
        values = logits(model)[-1]
        worst = max(worst, (values - torch.tensor(case["logits"])).abs().max().item())
        print(case["id"], worst)
    print("largest difference", worst)


if __name__ == "__main__":
    {"golden": golden, "check": check}[sys.argv[1]](*sys.argv[2:])
