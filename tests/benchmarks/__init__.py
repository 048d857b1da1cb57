"""Benchmarks, run by hand from the root of the checkout.

    python -m tests.benchmarks.search --json
    python -m tests.benchmarks.growth --picture docs/growth.svg
    python -m tests.benchmarks.embedding --json
    python -m tests.benchmarks.sync --data FOLDER --json
    python -m tests.benchmarks.sync_scale --json
    python -m tests.benchmarks.inbox --json
    python -m tests.benchmarks.slack --json
    python -m tests.benchmarks.discord --json
    python -m tests.benchmarks.connectors --json
    python -m tests.benchmarks.tuning --json

Each measures a baseline in the same run, since only the ratio means anything on another machine.
"""
