"""The benchmark scripts run, agree with the hand-written adjoints, and write what they promise. No times are judged."""

import json
import pathlib
import subprocess
import sys

import pytest

from benchmarks import timing
from benchmarks.gradients import agrees, within_limits
from benchmarks.linear_loops import growth
from benchmarks.programs.catalogue import PROGRAMS

ROOT = pathlib.Path(__file__).parents[2]


def run_script(name, results, *options):
    command = [sys.executable, "-m", f"benchmarks.{name}", "--quick", "--results", str(results), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((results / f"{name}.json").read_text()), (results / f"{name}.md").read_text()


def test_gradients_times_every_program_and_writes_both_files(tmp_path):
    numbers, text = run_script("gradients", tmp_path, "--contenders", "sourcead", "autograd")
    assert list(numbers["programs"]) == [program.name for program in PROGRAMS]
    for name, result in numbers["programs"].items():
        assert result["ratio"]["hand"] == 1.0
        assert "wrong" not in result["not timed"].values(), name
        assert name in text


def test_linear_loops_reports_bytes_for_every_loop(tmp_path):
    numbers, _ = run_script("linear_loops", tmp_path)
    for rows in numbers["programs"].values():
        assert rows["hand"]["100"]["bytes"] >= 8.0


def test_engine_measures_both_programs_and_memory(tmp_path):
    numbers, text = run_script("engine", tmp_path)
    for program in ("chain", "mlp"):
        assert numbers[program]["runtime"]["forward ratio"] == 1.0 and numbers[program]["runtime"]["backward"] > 0.0
    assert numbers["long chain"]["blocks left"] < 10**3 and numbers["training"]["blocks gained"] < 10**2
    assert "The graph engine" in text


def test_layers_times_every_layer_and_optimizer(tmp_path):
    pytest.importorskip("torch")
    numbers, text = run_script("layers", tmp_path)
    for title, rows in numbers["tables"].items():
        assert title in text and all(row["ratio"] > 0.0 for row in rows)


def test_first_result_prints_transform_and_result():
    command = [sys.executable, "-m", "benchmarks.first_result", "hand", PROGRAMS[0].name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds = json.loads(done.stdout)
    assert 0.0 < seconds["transform"] < seconds["result"]


def test_side_by_side_runs_each_contender_every_round():
    counts = {"a": 0, "b": 0}

    def count(name):
        counts[name] += 1

    samples = timing.side_by_side({name: lambda name=name: count(name) for name in counts}, rounds=5, shortest=0.0)
    assert {name: len(times) for name, times in samples.items()} == {"a": 5, "b": 5}
    assert counts == {"a": 6, "b": 6}


def test_ratio_is_taken_within_rounds():
    assert timing.ratio([2.0, 40.0, 6.0], [1.0, 10.0, 3.0]) == 2.0


@pytest.mark.parametrize("spoil", [lambda g: g + 1e-3, lambda g: g[:-1], lambda g: g.reshape(1, -1)])
def test_a_wrong_gradient_is_noticed(spoil):
    (program,) = (p for p in PROGRAMS if p.name.startswith("Rosenbrock, sliced"))
    expected = program.hand(*program.arguments())
    assert agrees(program, expected.copy(), expected)
    assert not agrees(program, spoil(expected), expected)


def test_limits_name_what_is_missed():
    ratios = {"hand": 1.0, "sourcead": 1.3, "autograd": 1.2, "tangent": 1.4}
    assert within_limits({"group": "array", "ratio": ratios}) == "> 1.15, slower than autograd"
    assert within_limits({"group": "loop", "ratio": {**ratios, "autograd": 9.0}}) == "yes"
    assert within_limits({"group": "loop", "ratio": {"hand": 1.0}, "not timed": {"sourcead": "wrong"}}) == "NO: wrong"
    assert within_limits({"group": "loop", "ratio": {"hand": 1.0}, "not timed": {}}) == "-"


def test_growth_tells_linear_from_quadratic():
    linear = {n: {"seconds": 1e-7} for n in (100, 1000, 10000)}
    quadratic = {n: {"seconds": 1e-9 * n} for n in (100, 1000, 10000)}
    assert growth(linear, "seconds") == 1.0
    assert growth(quadratic, "seconds") == pytest.approx(10.0)
