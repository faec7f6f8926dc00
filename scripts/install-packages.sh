#!/bin/sh
# Installs those of the given Debian packages that are missing: scripts/install-packages.sh PACKAGE...
# `a|b` is satisfied by either; a is preferred. Silent and quick where nothing is missing.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
log="$root/build/logs/packages.log"
mkdir -p "$root/build/logs"

say() { printf '%s\n' "$*" >&2; }

installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' 2>>"$log" | sed -n 's/^installed //p' || true)
is_installed() { printf '%s\n' "$installed" | grep --quiet --line-regexp --fixed-strings -- "$1"; }

missing=''
for wanted in "$@"; do
  found=''
  for package in $(printf '%s' "$wanted" | tr '|' ' '); do
    if is_installed "$package"; then found=yes; fi
  done
  if [ -z "$found" ]; then missing="$missing $wanted"; fi
done
if [ -z "$missing" ]; then exit 0; fi

if ! command -v apt-get >/dev/null 2>&1; then
  say "mayday: this is no Debian or Ubuntu; please install what these packages hold, then try again:$missing"
  exit 1
fi
as_root=''
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    say "mayday: packages are missing and there is no sudo; as root, run: apt-get install$(printf '%s' "$missing" | sed 's/|[^ ]*//g')"
    exit 1
  fi
  as_root='sudo'
fi

# Somebody else's apt (an unattended upgrade, as a rule) may hold a lock: waiting is all that helps.
apt() {
  tries=0
  while :; do
    if $as_root env DEBIAN_FRONTEND=noninteractive apt-get --option DPkg::Lock::Timeout=300 --yes "$@" \
      >"$log.step" 2>&1 </dev/null; then
      cat "$log.step" >>"$log"
      return 0
    fi
    cat "$log.step" >>"$log"
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ] || ! grep --quiet --extended-regexp 'Could not get lock|Unable to (acquire|lock)' "$log.step"; then
      return 1
    fi
    if [ "$tries" -eq 1 ]; then say "waiting for another apt to finish"; fi
    sleep 5
  done
}

choose() {
  chosen=''
  for wanted in $missing; do
    pick=${wanted%%|*}
    for package in $(printf '%s' "$wanted" | tr '|' ' '); do
      if apt-cache show "$package" >/dev/null 2>&1; then pick=$package && break; fi
    done
    chosen="$chosen $pick"
  done
}

started=$(date +%s)
say "installing Debian packages:$(printf '%s' "$missing" | sed 's/|[^ ]*//g')"
choose
# shellcheck disable=SC2086 # A list of package names.
if ! apt install --no-install-recommends $chosen; then
  # The usual reason: the package lists are missing, as in a fresh image, or old.
  apt update || say "apt-get update failed; trying with the lists that are there"
  choose
  # shellcheck disable=SC2086
  if ! apt install --no-install-recommends $chosen; then
    tail -n 15 "$log" >&2
    say "mayday: apt-get could not install these packages; the lines above say why, $log says all"
    exit 1
  fi
fi
rm -f "$log.step"
say "  done in $(($(date +%s) - started)) s"
