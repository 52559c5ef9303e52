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
  if trust_open && "configure_$1" "$2/$1-${3##*/}" "$3"; then
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
  { [ -d "$1" ] || mkdir -m 700 "$1" 2>/dev/null || [ -d "$1" ]; } &&
    configure_write "$1/.curlrc" "$configure_user" "proxy-cacert = \"$2\""
}

# configure_wget FILE BUNDLE
configure_wget() { configure_write "$1" "${WGETRC:-${HOME:-/nonexistent}/.wgetrc}" "ca_certificate = $2"; }

# configure_write FILE USER_FILE LINE: a user's file that cannot be read counts as none, as for the program.
configure_write() {
  {
    { [ ! -f "$2" ] || [ ! -r "$2" ] || { cat "$2" && echo; }; } && printf '%s\n' "$3"
  } 2>/dev/null >"$work/configured" && place "$work/configured" "$1"
}
