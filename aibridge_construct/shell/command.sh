# shellcheck disable=SC2148,SC2034,SC2154,SC2329 # the shebang and the values stand before this text, what uses it after

# What tools and aibridge-run share: whether the certificates are there, and the step from this shell to the command.
# The command may have variables of any name, so all names here begin with aibridge_.

# aibridge_look FILE NAME: whether the file is a certificate that programs can read. Else sets aibridge_problem.
aibridge_look() {
  aibridge_problem=''
  if [ -d "$1" ]; then
    aibridge_problem="$2 at $1 is a directory (a bind mount whose source is missing makes one) and has to be removed"
  elif [ -d "${1%/*}" ] && ! [ -x "${1%/*}" ]; then
    aibridge_problem="$2 at $1 cannot be read by the user of the workspace"
  elif ! [ -e "$1" ] && ! [ -L "$1" ]; then
    aibridge_problem="$2 is not at $1"
  elif ! [ -e "$1" ]; then
    aibridge_problem="$2 at $1 is a link to a file that is not there"
  elif ! [ -f "$1" ]; then
    aibridge_problem="$2 at $1 is not a regular file"
  elif ! [ -r "$1" ]; then
    aibridge_problem="$2 at $1 cannot be read by the user of the workspace"
  elif ! [ -s "$1" ]; then
    aibridge_problem="$2 at $1 is empty"
  elif ! aibridge_has_certificate "$1"; then
    aibridge_problem="$2 at $1 holds no PEM certificate"
  fi
  [ -z "$aibridge_problem" ]
}

# Up to the first whole block: a bundle is long. Who wants to know more asks setup, which has checked it.
aibridge_has_certificate() {
  aibridge_lines=0 aibridge_block=''
  while IFS= read -r aibridge_line && [ "$aibridge_lines" -lt 20000 ]; do
    aibridge_lines=$((aibridge_lines + 1))
    case $aibridge_line in
      *'-----BEGIN CERTIFICATE-----'*) aibridge_block=begun ;;
      *'-----END CERTIFICATE-----'*)
        [ "$aibridge_block" != filled ] || return 0
        aibridge_block=''
        ;;
      ?*) [ -z "$aibridge_block" ] || aibridge_block=filled ;;
    esac
  done <"$1"
  # A last line without newline.
  case $aibridge_block$aibridge_line in
    filled*'-----END CERTIFICATE-----'*) return 0 ;;
  esac
  return 1
} 2>/dev/null

# aibridge_find COMMAND: sets aibridge_found to 0 where it is, else to the status that shells have for it: 126, 127.
aibridge_find() {
  aibridge_found=127
  case $1 in
    */*) aibridge_try "$1" ;;
    *)
      aibridge_paths=$PATH:
      while [ -n "$aibridge_paths" ]; do
        aibridge_path=${aibridge_paths%%:*}
        aibridge_paths=${aibridge_paths#*:}
        aibridge_try "${aibridge_path:-.}/$1"
      done
      ;;
  esac
}

aibridge_try() {
  if [ -f "$1" ] && [ -x "$1" ]; then
    aibridge_found=0
  elif [ -e "$1" ] && [ "$aibridge_found" = 127 ]; then
    aibridge_found=126
  fi
}

# aibridge_become COMMAND [ARGUMENT...]: this process becomes the command. A bash that is called by our scripts ignores
# the options in its environment (see the prologue); the command finds them as they were.
aibridge_become() {
  # shellcheck disable=SC3028 # bash has set them; elsewhere the first is empty
  if [ -n "$aibridge_shellopts" ] &&
    [ "$aibridge_shellopts:$aibridge_bashopts" != "${SHELLOPTS-}:${BASHOPTS-}" ]; then
    aibridge_exported=$(export -p)
    aibridge_env=''
    case $aibridge_exported in
      *' BASHOPTS='*) aibridge_env='env' && set -- "BASHOPTS=$aibridge_bashopts" "$@" ;;
    esac
    case $aibridge_exported in
      *' SHELLOPTS='*) aibridge_env='env' && set -- "SHELLOPTS=$aibridge_shellopts" "$@" ;;
    esac
    [ -z "$aibridge_env" ] || exec env "$@"
  fi
  exec "$@"
}
