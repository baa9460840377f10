#!/usr/bin/env bash
# Installs what the tests need when it is missing, runs all of them, and closes with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

packages=()
command -v chromium >/dev/null || packages+=(chromium)
fc-list 2>/dev/null | grep -qi "noto.*cjk" || packages+=(fonts-noto-cjk)
python3 -c "import aiosmtpd" 2>/dev/null || /usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || packages+=(python3-aiosmtpd)
[ -x /usr/lib/postgresql/15/bin/postgres ] || packages+=(postgresql-15)
if [ ${#packages[@]} -gt 0 ]; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  echo "Installing ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  $sudo mkdir -p /etc/postgresql-common
  # The package's own cluster is not wanted: the tests start servers of their own.
  echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
  if ! { $sudo apt-get update -q && $sudo apt-get install -y -q --no-install-recommends "${packages[@]}"; } >/tmp/instrumentshare-apt.$$ 2>&1; then
    tail -n 20 /tmp/instrumentshare-apt.$$
    echo "Install these as root and try again: apt-get install ${packages[*]}"
    exit 1
  fi
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed=0

dotnet build InstrumentShare.sln -c Release -v quiet -clp:NoSummary -p:RestoreLockedMode=true || exit 1
(cd src/InstrumentShare/Client && npm run --silent check) || { echo "The TypeScript does not compile."; failed=1; }

echo "All tests, on the embedded PostgreSQL"
dotnet test tests/InstrumentShare.Tests -c Release --no-build --logger "trx;LogFilePrefix=all" --results-directory "$results" || failed=1
if [ -x /usr/lib/postgresql/15/bin/postgres ]; then
  echo "The guarantees once more, on PostgreSQL 15"
  INSTRUMENTSHARE_TEST_POSTGRES=/usr/lib/postgresql/15 \
    dotnet test tests/InstrumentShare.Tests -c Release --no-build --filter Category=Guarantee --logger "trx;LogFilePrefix=pg15" --results-directory "$results" || failed=1
fi

sum() { grep -ho "<Counters[^>]*" "$results"/*.trx | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{s += $1} END {print s + 0}'; }
passed=$(sum passed); broken=$(( $(sum failed) + $(sum error) + $(sum timeout) + $(sum aborted) ))
[ "$failed" = 0 ] || [ "$broken" -gt 0 ] || broken=1
echo "$passed passed, $broken failed"
[ "$broken" = 0 ]
