# shellcheck disable=SC2148,SC2154 # text of a script; lib.sh, trust.sh and the values stand before it

# What a process that starts asks for: the certificates that its workspace names, merged with ours.

# fold CERTIFICATE BUNDLE: merges what the environment names with both ('' = no bundle) and prints the ID; nothing
# when there is nothing to merge. For a subshell.
fold() {
  sources_begin "$1" "$2" ''
  trap 'trust_close; exit 143' HUP INT TERM
  if trust_open && sources_of "$aibridge_named"; then
    if [ "$source_count" -gt 0 ]; then
      sources_id && merge "$1" certificate && merge "$2" bundle && record_sources && printf '%s\n' "$source_id"
    fi
  else
    false
  fi || warn "$trust_problem: what this workspace names in$(named_in "$aibridge_named") is not trusted behind the AI Bridge Proxy."
  trust_close
}

# Links, because a path may hold any character. -n: one that another process has just made to a directory is no place
# to put one in.
record_sources() {
  source_number=0
  while [ "$source_number" -lt "$source_count" ]; do
    source_number=$((source_number + 1))
    eval "source_known=\$source_$source_number"
    source_link=$trust_room/$source_id.$((100 + source_number))
    [ -L "$source_link" ] || ln -sn "$source_known" "$source_link" 2>/dev/null || [ -L "$source_link" ] || return
  done
}

sources_id() {
  set --
  source_number=0
  while [ "$source_number" -lt "$source_count" ]; do
    source_number=$((source_number + 1))
    eval "set -- \"\$@\" \"\$source_$source_number\""
  done
  have cksum || trust_problem='cksum is not installed'
  source_id=$(printf '%s\n' "$@" | cksum 2>/dev/null) || return
  # shellcheck disable=SC2086 # the checksum and the length
  set -- $source_id
  source_id=$1-$2
}

# named_in VARIABLES: prints those that name something.
named_in() {
  for source_name in $1; do
    eval "source_value=\${$source_name-}"
    [ -z "$source_value" ] || printf ' %s' "$source_name"
  done
}
