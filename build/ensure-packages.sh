#!/bin/sh
# Installs the locked packages on first use, and again when the lockfile has changed.
set -eu
cd "$(dirname "$0")/.."
installed=node_modules/.installed-package-lock.json
[ -f "$installed" ] && [ "$(cat package-lock.json)" = "$(cat "$installed")" ] && exit 0
echo "Installing the locked packages (first use, or the lockfile has changed) ..."
npm ci --loglevel=error
cp package-lock.json "$installed"
