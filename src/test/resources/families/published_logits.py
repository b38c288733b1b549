"""Logits of the made checkpoints by the published model definitions.

    mvn -q test-compile
    java -cp target/test-classes:target/classes:<jackson jars> org.wandagpu.made.WriteCases CASES
    python published_logits.py CASES > published-logits.json        (torch, transformers)

For each variant: the digest of its files and the first 16 logits behind the last token, computed in fp32.
"""
import json
import os
import sys

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import torch
import transformers

torch.set_grad_enabled(False)
result = {"transformers": transformers.__version__, "torch": torch.__version__, "cases": {}}
for folder in sorted(os.listdir(sys.argv[1])):
    path = os.path.join(sys.argv[1], folder)
    name, tokens, digest = open(os.path.join(path, "case.txt")).read().split("\n")
    model, loading = transformers.AutoModelForCausalLM.from_pretrained(
        path, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not loading["missing_keys"] and not loading["unexpected_keys"], (name, loading)
    ids = torch.tensor([[(37 * i + 11) % model.config.vocab_size for i in range(int(tokens))]])
    logits = model.eval()(ids).logits[0, -1, :16]
    result["cases"][name] = {"digest": digest, "logits": [float("%.8g" % x) for x in logits.tolist()]}
print("{\n  " + ",\n  ".join(
    [json.dumps(k) + ": " + json.dumps(v) for k, v in result.items() if k != "cases"]
    + ['"cases": {\n    ' + ",\n    ".join(
        json.dumps(k) + ": " + json.dumps(v) for k, v in result["cases"].items()) + "\n  }"]) + "\n}")
