#!/usr/bin/env bash
# Runs every check: format, lints, documentation, tests, the pages in a browser, the Python package, Spark, the service under made-up requests. --full adds the long tests, in release mode.
set -euo pipefail
cd "$(dirname "$0")/.."

full=
for argument in "$@"; do
    case $argument in
        --full) full=1 ;;
        *) echo "usage: tests/run.sh [--full]" >&2; exit 2 ;;
    esac
done

if ! command -v cargo >/dev/null; then
    echo "installing Rust with rustup" >&2
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c clippy -c rustfmt
    . "$HOME/.cargo/env"
fi

step() { printf '\n== %s\n' "$*"; "$@"; }

# Runs the tests with the arguments given; cargo-nextest runs them side by side, where it is installed.
tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        step cargo nextest run --locked --no-fail-fast "$@"
    else
        step cargo test --locked --no-fail-fast --lib --bins --tests "$@"
    fi
}

# Looks at pages in Chromium; CHROMIUM names another browser of its kind.
browser() {
    local missing=()
    command -v npm >/dev/null || missing+=(nodejs npm)
    command -v "${CHROMIUM:-chromium}" >/dev/null || missing+=(chromium)
    if [ ${#missing[@]} -gt 0 ]; then
        echo "installing ${missing[*]} with apt-get" >&2
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    fi
    npm ci --prefix tests/browser --no-audit --no-fund --silent
    CHROMIUM=$(command -v "${CHROMIUM:-chromium}") node --test tests/browser
}

step cargo fmt --check
step cargo clippy --locked --workspace --all-targets -- -D warnings
step cargo check --locked --no-default-features --quiet
RUSTDOCFLAGS="-D warnings" step cargo doc --locked --no-deps --quiet
step cargo test --locked --doc --quiet
tests
step cargo build --locked --quiet
step browser
step bash tests/python/run.sh
step bash tests/spark/run.sh
if [ -n "$full" ]; then
    SAMESTORY_FULL=1 tests --release
    step bash tests/first-user.sh
    step bash tests/spark/run.sh --full
    step tests/http/fuzz.sh 750
else
    step tests/http/fuzz.sh 5
fi
