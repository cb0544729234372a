"""One search of the demo's genes by pycma, as mergekit-evolve uses it; the scores come from a process of Mendel.

Usage: pycma.py START SEED EVALUATIONS COMMAND …   prints the best candidate's scores on search and held-out items.
START is "middle" (of the ranges, as Mendel starts) or "mergekit" (weights of 1 / number of models, unbounded, their
absolute values being used).
"""
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore", module="cma")
import cma

SIGMA = 1 / 6
PARENTS = 3
LARGEST_WEIGHT = 2

start, seed, evaluations, command = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
scorer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def answer():
    line = scorer.stdout.readline()
    if not line:
        sys.exit("the scoring process has ended")
    return float(line)


def score(items, x):
    genes = x if start == "middle" else [min(1, abs(w) / LARGEST_WEIGHT) for w in x]
    scorer.stdin.write(items + " " + " ".join(repr(float(g)) for g in genes) + "\n")
    scorer.stdin.flush()
    return answer()


genes = int(answer())
options = {"seed": seed, "verbose": -9}
if start == "middle":
    options["bounds"] = [0, 1]
search = cma.CMAEvolutionStrategy(genes * [0.5 if start == "middle" else 1 / PARENTS], SIGMA, options)
done, best, best_score = 0, None, float("-inf")
while done < evaluations:
    asked = search.ask()
    scores = []
    for x in asked[: evaluations - done]:
        scores.append(score("search", x))
        if scores[-1] > best_score:
            best, best_score = x, scores[-1]
    done += len(scores)
    if len(scores) == len(asked):
        search.tell(asked, [-s for s in scores])
print(best_score, score("test", best))
scorer.stdin.close()
scorer.wait()
