# Installs the locked packages on first use, and again when the lockfile has changed; then checks whether the Node on the path
# can run the toolchain. Sourced by the npm scripts, so that a signal that ends the script reaches it.

installed=node_modules/.installed-package-lock.json
lock=.npm-install.lock

is_installed() {
  [ -f "$installed" ] && [ "$(cat package-lock.json)" = "$(cat "$installed")" ]
}

# Includes other users' processes, which nobody else may signal.
is_running() {
  kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ] || ps -p "$1" >/dev/null 2>&1
}

# One at a time: npm would empty the folder while another run uses it. The lock is a link that names its owner, since creating
# a link takes one step. A lock whose process no longer runs is removed by one waiting run at a time.
take_lock() {
  waited=0 without_owner=0
  until ln -s "$$" "$lock" 2>/dev/null; do
    owner="$(readlink "$lock")" || owner=""
    if [ -n "$owner" ] && ! is_running "$owner" && mkdir "$lock.takeover" 2>/dev/null; then
      [ "$(readlink "$lock")" != "$owner" ] || rm -f "$lock"
      rmdir "$lock.takeover"
      continue
    fi
    [ -n "$owner" ] && without_owner=0 || without_owner=$((without_owner + 1))
    case "$waited-$owner" in
      *-) [ "$without_owner" -lt 4 ] || {
        echo "The packages cannot be installed: $lock cannot be created in $(pwd). Make the folder writable, then run this again." >&2
        return 1
      } ;;
      0-*[0-9]) echo "Another run (process $owner) is installing the packages; waiting for it ..." ;;
      600-*) echo "Process $owner has been installing the packages for ten minutes. If it does something else, remove $(pwd)/$lock and $lock.takeover, then run this again." >&2; return 1 ;;
    esac
    waited=$((waited + 1))
    sleep 1
  done
}

install_packages() {
  take_lock || return 1
  trap 'rm -f "$lock"' EXIT
  # In the background, because a shell handles a signal only between commands, or while it waits.
  trap '[ -z "$!" ] || kill "$!" 2>/dev/null; wait; exit 143' TERM HUP
  trap '[ -z "$!" ] || kill "$!" 2>/dev/null; wait; exit 130' INT
  status=0
  if ! is_installed; then
    echo "Installing the locked packages (first use, or the lockfile has changed) ..."
    npm ci --loglevel=error &
    wait "$!" || status=$?
    [ "$status" -ne 0 ] || cp package-lock.json "$installed"
  fi
  trap - EXIT TERM HUP INT
  rm -f "$lock"
  return "$status"
}

# The toolchain's Node comes as a package if there is one for the platform; otherwise the machine's own is used.
check_node() {
  if [ -e node_modules/.bin/node ] && ! node_modules/.bin/node -e 0 2>/dev/null; then rm -f node_modules/.bin/node; hash -r; fi
  node -e 'var v = process.versions.node.split("."); process.exit(v[0] > 23 || (v[0] == 22 && v[1] >= 18) ? 0 : 1)' && return 0
  echo "The tools of this project need Node 22.18 or later (not 23), and no package of the locked Node fits this platform; found $(node --version 2>/dev/null || echo none). Install Node 24, then run this again." >&2
  return 1
}

{ is_installed || install_packages; } && check_node
