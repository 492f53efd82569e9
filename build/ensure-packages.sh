# Installs the locked packages on first use, and again when the lockfile has changed; then looks whether the Node on the path
# can run the toolchain. Sourced by the npm scripts, so that a signal which ends the script reaches it.

installed=node_modules/.installed-package-lock.json
lock=.npm-install.lock

is_installed() {
  [ -f "$installed" ] && [ "$(cat package-lock.json)" = "$(cat "$installed")" ]
}

# One at a time: npm would empty the folder under the other one. The lock is a link that names its owner, since a link is made
# in one step; that of a process which no longer runs is nobody's.
take_lock() {
  waiting=""
  until ln -s "$$" "$lock" 2>/dev/null; do
    owner="$(readlink "$lock")" || continue
    kill -0 "$owner" 2>/dev/null || { rm -f "$lock"; continue; }
    [ -n "$waiting" ] || echo "Another run (process $owner) is installing the packages; waiting for it ..."
    waiting=yes
    sleep 1
  done
}

install_packages() {
  take_lock
  npm=""
  trap 'rm -f "$lock"' EXIT
  # In the background, since a shell notes a signal only between commands, or while it waits.
  trap '[ -z "$npm" ] || kill "$npm" 2>/dev/null; wait; exit 143' TERM HUP
  trap '[ -z "$npm" ] || kill "$npm" 2>/dev/null; wait; exit 130' INT
  status=0
  if ! is_installed; then
    echo "Installing the locked packages (first use, or the lockfile has changed) ..."
    npm ci --loglevel=error & npm=$!
    wait "$npm" || status=$?
    [ "$status" -ne 0 ] || cp package-lock.json "$installed"
  fi
  trap - EXIT TERM HUP INT
  rm -f "$lock"
  return "$status"
}

# The toolchain's Node comes as a package where there is one for the platform; elsewhere the machine's own has to do.
check_node() {
  if [ -e node_modules/.bin/node ] && ! node_modules/.bin/node -e 0 2>/dev/null; then rm -f node_modules/.bin/node; hash -r; fi
  node -e 'var v = process.versions.node.split("."); process.exit(v[0] > 23 || (v[0] == 22 && v[1] >= 18) ? 0 : 1)' && return 0
  echo "The tools of this project need Node 22.18 or later (not 23), and no package of the locked Node fits this platform; found $(node --version 2>/dev/null || echo none). Install Node 24, then run this again." >&2
  return 1
}

{ is_installed || install_packages; } && check_node
