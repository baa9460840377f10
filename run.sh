#!/usr/bin/env bash
# Builds InstrumentShare, fetches what it needs and starts it. PORT and INSTRUMENTSHARE_DATA choose port and data folder.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build src/InstrumentShare -c Release -v quiet -clp:NoSummary -p:RestoreLockedMode=true
exec dotnet src/InstrumentShare/bin/Release/net10.0/InstrumentShare.dll "$@"
