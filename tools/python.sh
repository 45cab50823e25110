#!/usr/bin/env bash
# Makes the virtual environment. Usage: tools/python.sh PYTHON FOLDER
set -euo pipefail
python=$1 folder=$2

if ! command -v "$python" >/dev/null; then
  echo "There is no $python here. Say which Python to use: make PYTHON=/path/to/python3" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Habitué needs Python 3.11 or newer; $python is $("$python" -V 2>&1)." >&2
  echo "Say which Python to use: make PYTHON=python3.12" >&2
  exit 1
fi
# Debian and Ubuntu keep venv's second half in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >&2
  else
    echo "This Python can't make virtual environments. Install $package first." >&2
    exit 1
  fi
fi
exec "$python" -m venv "$folder"
