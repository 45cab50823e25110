#!/usr/bin/env bash
# A browser and Chinese fonts, for the tests and the screenshot that look at the report.
# Installed only where that needs no question (Debian or Ubuntu, as root); elsewhere the tests
# that need them skip and say so.
set -uo pipefail

missing=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
if command -v fc-list >/dev/null; then
  [ -n "$(fc-list :lang=zh family)" ] || missing+=(fonts-noto-cjk)
else
  missing+=(fontconfig fonts-noto-cjk)
fi
[ "${#missing[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} for the tests that look at the report." >&2
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2; then
    exit 0
  fi
fi
echo "Missing: ${missing[*]}. The tests that look at the report in a browser will be skipped." >&2
exit 0
