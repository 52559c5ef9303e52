# shellcheck disable=SC2148,SC2034,SC2154 # text of a script; lib.sh and the values stand before it

# Whether the Node.js of the workspace heeds the proxy variables. Facts: NODE_USE_ENV_PROXY came with 22.21 and 24.0;
# 23 never had it.

NODE_SECONDS=5
NODE_CURE='install Node.js 24, or 22.21 and newer of 22'

# node_goes_past WORD: of a command that begins with WORD. Status 0: node_problem says why its own fetch goes past the
# proxy. Status 2: there is no Node.js to be seen.
node_goes_past() {
  node_find "$1" || return 2
  node_ask_version
  node_major=${node_version#v}
  node_minor=${node_major#*.}
  node_major=${node_major%%.*} node_minor=${node_minor%%.*}
  case $node_version:$node_major:$node_minor in
    v[0-9]*.[0-9]*:*[!0-9]*:* | v[0-9]*.[0-9]*:*:*[!0-9]*) node_version='' ;;
    v[0-9]*.[0-9]*) ;;
    *) node_version='' ;;
  esac
  if [ -z "$node_version" ]; then
    node_problem="$node does not tell its version in $NODE_SECONDS s, and before 22.21 Node.js reads no proxy variables"
    return
  fi
  if [ "$node_major" -ge 24 ] || { [ "$node_major" -eq 22 ] && [ "$node_minor" -ge 21 ]; }; then
    return 1
  fi
  node_problem="$node is Node.js $node_version, which reads no proxy variables"
}

# Sets node. A command names it by a path, or else it is the one on PATH.
node_find() {
  case $1 in
    /*/node)
      node=$1
      [ -x "$node" ] && [ -f "$node" ]
      ;;
    *) node=$(command -v node 2>/dev/null) ;;
  esac
}

# Sets node_version; empty where it did not say. Through a file: what a wrapper leaves behind may keep a pipe open.
node_ask_version() {
  node_version=''
  for node_place in "${CODER_SCRIPT_DATA_DIR-}" "${HOME-}" "${TMPDIR-}" /tmp; do
    [ -z "$node_place" ] || ! work_begin "$node_place" || break
  done
  [ -n "$work" ] || return 0
  run_for "$NODE_SECONDS" node_child 2>/dev/null
  { IFS= read -r node_version <"$work/version"; } 2>/dev/null || :
  work_end
}

# Without the pipes of a tool's keeper.
node_child() { exec "$node" --version >"$work/version" 2>/dev/null </dev/null 5>&- 7>&- 8<&-; }
