# shellcheck disable=SC2148,SC2154,SC2034 # text of a script; lib.sh, trust.sh and the values stand before it

# Files for programs that read certificates from files only: in the private directory of the merged certificates.

# configure PROGRAM ROOM BUNDLE: prints what CURL_HOME or WGETRC has to be; nothing where it stays. For a subshell.
configure() {
  trust_room=$2
  trap 'trust_close; exit 143' HUP INT TERM
  # Of an outer process of ours: it goes on to count.
  case $1:${CURL_HOME-}:${WGETRC-} in
    curl:"$2"/* | wget:*:"$2"/*) return 0 ;;
  esac
  case $3 in
    *[\"\\[:cntrl:]]*)
      warn "the path $3 cannot stand in a configuration file, so $1 will not trust the AI Bridge Proxy: choose another cert_path."
      return
      ;;
  esac
  if "configure_$1" "$2/$1-${3##*/}" "$3"; then
    printf '%s\n' "$2/$1-${3##*/}"
  else
    warn "$trust_problem: $1 may not trust the AI Bridge Proxy."
  fi
  trust_close
}

# configure_curl DIRECTORY BUNDLE
configure_curl() {
  configure_user=''
  for configure_try in "${CURL_HOME:-/nonexistent}/.curlrc" "${XDG_CONFIG_HOME:-/nonexistent}/.curlrc" \
    "${XDG_CONFIG_HOME:-/nonexistent}/curlrc" "${HOME:-/nonexistent}/.curlrc" "${HOME:-/nonexistent}/.config/curlrc"; do
    if [ -f "$configure_try" ]; then
      configure_user=$configure_try
      break
    fi
  done
  configure_line="proxy-cacert = \"$2\""
  configure_stands "$1/.curlrc" "$configure_user" || {
    trust_open && { [ -d "$1" ] || mkdir -m 700 "$1" 2>/dev/null || [ -d "$1" ]; } &&
      configure_write "$1/.curlrc" "$configure_user"
  }
}

# configure_wget FILE BUNDLE
configure_wget() {
  configure_user=${WGETRC:-${HOME:-/nonexistent}/.wgetrc} configure_line="ca_certificate = $2"
  configure_stands "$1" "$configure_user" || { trust_open && configure_write "$1" "$configure_user"; }
}

# configure_stands FILE USER_FILE: whether the file is as it is to be, and ours; most tools find it so. Then no process is
# started. Of a user's file, which may have changed, a new copy is made.
configure_stands() {
  # shellcheck disable=SC3067 # -O: dash, bash and busybox have it
  [ ! -f "$2" ] && [ -f "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ ! -L "${1%/*}" ] && [ -O "${1%/*}" ] &&
    [ ! -L "$trust_room" ] && [ -O "$trust_room" ] && ! squatted "$trust_room" &&
    { read -r configure_first && ! read -r configure_more; } <"$1" && [ "$configure_first" = "$configure_line" ]
} 2>/dev/null

# configure_write FILE USER_FILE: a user's file that cannot be read counts as none, as for the program.
configure_write() {
  {
    { [ ! -f "$2" ] || [ ! -r "$2" ] || { cat "$2" && echo; }; } && printf '%s\n' "$configure_line"
  } 2>/dev/null >"$work/configured" && place "$work/configured" "$1"
}
