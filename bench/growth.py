#!/usr/bin/env python3
"""Measures how cost grows with connections, members, conversations of a user, stored messages, and with two shards.

`bench/growth.py [--large] [--quick] [--only connections,members] [--json FILE] [--html FILE]`. `--large` goes up to ten
million stored messages and takes 10 GB of disk; `--quick` stops early everywhere.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from growth_page import page
from growth_server import Server, folder_bytes, median_ms

ROOT = pathlib.Path(__file__).resolve().parent.parent
RATE = 2000  # Messages per second, open loop.


def bench(options, *arguments):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [options.sewa, "bench", "--json", file.name, "--seconds", options.seconds, *arguments]
        subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
        return json.load(file)


def cpu_us(report):
    return round(report["user_us_per_delivery"] + report["system_us_per_delivery"], 2)


def latency(report):
    return {"p50 ms": round(report["delivery"]["p50_ms"], 2), "p99 ms": round(report["delivery"]["p99_ms"], 2)}


def connections(options):
    sizes = [1000, 2000, 5000] if options.quick else [1000, 2000, 5000, 10_000, 19_000]
    for size in sizes:
        report = bench(options, "--self-contained", "--pairs", size // 2, "--rate", RATE, "--processes", 2)
        yield {"x": size, "bytes per connection": round(report["anonymous_bytes_per_connection"]),
               "connect us": round(report["connect_s"] * 1e6 / size, 1), "CPU us per message": cpu_us(report),
               **latency(report)}


def members(options):
    sizes = [2, 10, 100, 1000] if options.quick else [2, 10, 100, 1000, 10_000]
    for size in sizes:
        report = bench(options, "--self-contained", "--rooms", max(1, 2000 // size), "--members", size, "--window", 1)
        yield {"x": size, "CPU us per delivery": cpu_us(report),
               "CPU us per message": round(cpu_us(report) * (size - 1), 1),
               "deliveries per s": round(report["deliveries_per_s"])}


def conversations(options):
    """Providers with so many customers, all on one server."""
    sizes = [1, 10, 100, 1000] if options.quick else [1, 10, 100, 1000, 10_000]
    with Server(options.sewa) as server:
        key = f"Api-Key {server.api_key()}"
        server.start()
        customer = 1000
        for provider, size in enumerate(sizes, 1):
            server.request("PUT", f"server/people/{provider}/", key, {"name": f"Provider {provider}", "role": "provider"})
            server.request("PUT", f"server/services/{provider}/", key, {"provider_id": provider, "title": "Repairs"})
            for customer in range(customer, customer + size):
                server.request("PUT", f"server/people/{customer}/", key, {"name": f"Customer {customer}"})
                made = server.request("POST", "server/conversations/", key, {
                    "kind": "direct", "service_id": provider, "provider_id": provider, "customer_id": customer,
                    "initial_message": "Is Friday free?"})
            customer += 1
            server.wait_for_index()
            yield {"x": size, **times_of_user(server, provider, json.loads(made)["conversation_id"])}


def times_of_user(server, user, conversation):
    login = f"Bearer {server.token(user)}"
    asked = {"connect ms": lambda: server.connect(user),
             "list of 20 ms": lambda: server.request("GET", "conversations/?page_size=20", login),
             "sync of 50 ms": lambda: server.request("GET", "sync/?limit=50", login),
             "send ms": lambda: server.request("POST", "messages/", login, {"conversation": conversation, "text": "Yes"})}
    return {name: round(median_ms(ask, 50), 3) for name, ask in asked.items()}


def messages(options):
    sizes = [10_000, 100_000] if options.quick else [10_000, 100_000, 1_000_000]
    if options.large:
        sizes.append(10_000_000)
    for size in sizes:
        with Server(options.sewa, ["--pairs", "1000", "--messages", str(size)]) as server:
            start_s = server.start()
            index_s = server.wait_for_index()
            login = f"Bearer {server.token(1)}"
            asked = {"history ms": "messages/?conversation=1", "search ms": "search/?q=friday",
                     "list ms": "conversations/?page_size=20"}
            times = {name: round(median_ms(lambda: server.request("GET", path, login), 50), 3)
                     for name, path in asked.items()}
            stored_bytes = folder_bytes(server.data)
            report = bench(options, "--url", f"ws://127.0.0.1:{server.port}", "--pairs", 1000, "--rate", RATE,
                           "--jwt-secret-file", server.secret_file, "--server-pid", server.pid())
            yield {"x": size, "start ms": round(start_s * 1000), "index s": round(index_s), **times,
                   "CPU us per message": cpu_us(report), **latency(report),
                   "bytes per message": round(stored_bytes / size)}


def shards(options):
    workloads = {"pairs": ["--pairs", 500, "--window", 4], "rooms of 100": ["--rooms", 20, "--window", 16]}
    reports = {(name, count): [] for name in workloads for count in (1, 2)}
    for _ in range(1 if options.quick else 3):
        for (name, count), found in reports.items():
            found.append(bench(options, "--self-contained", "--no-pin", "--set", f"shards={count}", *workloads[name]))
    for (name, count), found in reports.items():
        yield {"x": count, "workload": name,
               "deliveries per s": round(statistics.median(report["deliveries_per_s"] for report in found)),
               "CPU us per delivery": round(statistics.median(cpu_us(report) for report in found), 2)}


EXPERIMENTS = {
    "connections": (connections, f"Connections, {RATE:,} messages per second", "connections", [
        ("Memory and CPU", ["bytes per connection", "CPU us per message"]), ("Latency, ms", ["p50 ms", "p99 ms"])]),
    "members": (members, "Members of a conversation, closed loop", "members", [
        ("CPU, us", ["CPU us per delivery", "CPU us per message"])]),
    "conversations": (conversations, "Conversations of a user", "conversations", [
        ("Median, ms", ["connect ms", "list of 20 ms", "sync of 50 ms", "send ms"])]),
    "messages": (messages, f"Stored messages, {RATE:,} more per second", "stored messages", [
        ("Reading, ms", ["start ms", "history ms", "search ms", "list ms"]),
        ("Writing", ["CPU us per message", "p50 ms", "p99 ms"])]),
    "shards": (shards, "Shards; the generator uses the same two cores", "shards", []),
}


def show(title, x_name, rows):
    print(title)
    names = list(rows[0])
    cells = [[x_name, *names[1:]], *([f"{row[name]:,}" if name != "workload" else row[name] for name in names] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    for row in cells:
        print("  " + "  ".join(word.rjust(width) for word, width in zip(row, widths)))
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sewa", default=ROOT / "build/release/sewa", help="program to measure")
    parser.add_argument("--only", help=", ".join(EXPERIMENTS))
    parser.add_argument("--seconds", type=float, default=5, help="measured time of each load")
    parser.add_argument("--large", action="store_true", help="ten million messages, too")
    parser.add_argument("--quick", action="store_true", help="small sizes alone")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--html", type=pathlib.Path)
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else list(EXPERIMENTS)
    results, sections = {}, []
    for name in wanted:
        measure, title, x_name, plots = EXPERIMENTS[name]
        results[name] = []
        for row in measure(options):
            results[name].append(row)
            print(f"… {name} {row['x']:,}", file=sys.stderr)
        show(title, x_name, results[name])
        sections.append((title, x_name, results[name], plots))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    if options.html:
        options.html.write_text(page(sections))


main()
